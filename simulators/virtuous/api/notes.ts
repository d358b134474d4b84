/**
 * notes: the notes of contacts (virtuous-crm §6). Written as `private` and `noteDateTime`, read as `isPrivate` and `noteDate`.
 */
import { createNote, deleteNote, editNote } from '../crm/notes.ts';
import { NOTE_TYPES, type Note } from '../crm/types.ts';
import { invalid, type Reply } from './answer.ts';
import { flag, id, int, needed, readBody, shapeOf, text } from './body.ts';
import { badId, contactToWrite, flagOf, fresh, idOf, isVisible, pageOf, pagingOf, type Call } from './call.ts';
import { auditJson } from './render.ts';
import { dayText, readInstant, type Manner } from './times.ts';

const note = {
  type: needed,
  note: needed,
  noteDateTime: text,
  important: flag,
  private: flag,
  timeSpent: int,
};

/** Shows a note. */
export function noteJson(call: Call, one: Note, manner: Manner): Record<string, unknown> {
  return {
    id: one.id,
    contactId: one.contactId,
    ...auditJson(one, manner),
    noteDate: dayText(one.noteAt, call.switches),
    type: one.type,
    note: one.note,
    important: one.important,
    isPrivate: one.isPrivate,
    createdByAvatarUrl: '',
    reminder: null,
  };
}

/** Answers `GET /api/ContactNote/{noteId}`. */
export function getNote(call: Call): Reply {
  return { status: 200, body: noteJson(call, find(call), 'read') };
}

/** Answers `GET /api/ContactNote/ByContact/{contactId}`, and the same with `Important`; empty for a contact that is not there. */
export function listNotes(onlyImportant: boolean): (call: Call) => Reply {
  return (call) => {
    const contact = fresh(call, idOf(call));
    const shown = contact !== undefined && isVisible(call, contact);
    const rows = [...call.crm.notes.values()].filter((one) => shown && one.contactId === contact.id);
    const kept = onlyImportant ? rows.filter((one) => one.important) : rows;
    const ordered = sorted(call, kept);
    return { list: pageOf(ordered, pagingOf(call)).map((one) => noteJson(call, one, 'listed')), total: kept.length };
  };
}

const SORTERS: Readonly<Record<string, (one: Note) => number>> = {
  Id: (one) => one.id,
  CreatedDateTime: (one) => one.createdAt,
  NoteDate: (one) => one.noteAt,
};

function sorted(call: Call, rows: readonly Note[]): readonly Note[] {
  const sortBy = call.query.get('sortBy') ?? 'Id';
  const key = SORTERS[sortBy];
  if (key === undefined) throw invalid({ sortBy: [`Cannot sort by '${sortBy}'.`] });
  const ordered = rows.toSorted((a, b) => key(a) - key(b));
  return flagOf(call.query, 'descending') ? ordered.toReversed() : ordered;
}

const CREATE = shapeOf('contactNote', (object) => object({ contactId: id, ...note }));

/** Answers `POST /api/ContactNote`. */
export function postNote(call: Call): Reply {
  const { contactId, ...body } = readBody(call, CREATE);
  const contact = contactToWrite(call, contactId);
  const made = createNote(call.crm, {
    contactId: contact.id,
    type: typeOf(body.type),
    note: body.note,
    noteAt: instantOf(body.noteDateTime) ?? call.crm.now(),
    important: body.important ?? false,
    isPrivate: body.private ?? false,
  });
  return { status: 200, body: noteJson(call, made, 'written') };
}

const UPDATE = shapeOf('contactNote', (object) => object(note));

/** Answers `PUT /api/ContactNote/{noteId}`. */
export function putNote(call: Call): Reply {
  const before = find(call);
  const body = readBody(call, UPDATE);
  const keeps = call.switches.crmPut === 'patch';
  const after = editNote(call.crm, {
    ...before,
    type: typeOf(body.type),
    note: body.note,
    noteAt: instantOf(body.noteDateTime) ?? before.noteAt,
    important: body.important ?? (keeps && before.important),
    isPrivate: body.private ?? (keeps && before.isPrivate),
  });
  return { status: 200, body: noteJson(call, after, 'written') };
}

/** Answers `DELETE /api/ContactNote/{noteId}`. */
export function removeNote(call: Call): Reply {
  deleteNote(call.crm, find(call));
  return { status: 200, body: undefined };
}

/** Answers `GET /api/ContactNote/Types`: an object, with keys like "text Message". */
export function listNoteTypes(): Reply {
  const keyOf = (type: string): string => type.charAt(0).toLowerCase() + type.slice(1);
  return { status: 200, body: Object.fromEntries(NOTE_TYPES.map((one) => [keyOf(one), one])) };
}

function find(call: Call): Note {
  const found = call.crm.notes.get(idOf(call));
  if (found === undefined) throw badId(call, 'note', idOf(call));
  return found;
}

function typeOf(type: string): string {
  if ((NOTE_TYPES as readonly string[]).includes(type)) return type;
  throw invalid({ 'contactNote.type': [`The note type '${type}' does not exist.`] });
}

function instantOf(said: string | null | undefined): number | null {
  if (said === null || said === undefined) return null;
  const at = readInstant(said);
  if (at === null) throw invalid({ 'contactNote.noteDateTime': [`The value '${said}' is not a date.`] });
  return at;
}
