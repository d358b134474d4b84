/**
 * What a failure of SQLite means: its class. SQLite's own sentence is never passed on where it could hold a value of
 * a row; names of tables and columns are configuration, not personal data.
 */
import Database from 'better-sqlite3';
import { ConnectorError, type ErrorClass } from '../../model/errors.ts';

const CLASSES: Readonly<Record<string, ErrorClass>> = {
  SQLITE_BUSY: 'unavailable',
  SQLITE_LOCKED: 'unavailable',
  SQLITE_IOERR: 'unavailable',
  SQLITE_FULL: 'unavailable',
  SQLITE_PROTOCOL: 'unavailable',
  SQLITE_READONLY: 'forbidden',
  SQLITE_PERM: 'forbidden',
  SQLITE_AUTH: 'forbidden',
  SQLITE_MISUSE: 'bug',
  SQLITE_RANGE: 'bug',
};

/** Turns a driver's error into a ConnectorError of this connection; anything else comes back as it was. */
export function toConnectorError(error: unknown, connection: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const primary = error.code.split('_').slice(0, 2).join('_');
  const errorClass = CLASSES[primary] ?? 'rejected';
  return new ConnectorError(primary, errorClass, `SQLite answered ${error.code}`, { connection, cause: error });
}

/** Makes an error that only a person can mend: something about the file or its tables is not as configured. */
export function rejected(code: string, connection: string, message: string): ConnectorError {
  return new ConnectorError(code, 'rejected', message, { connection });
}
