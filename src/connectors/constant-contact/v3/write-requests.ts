/**
 * Every request by which this connector changes something, as pure values, and the reads that go with them.
 *
 * Must never build the sign-up form: it makes anybody it names explicit, unsubscribed people too (T21).
 */
import type { ApiRequest } from '../../../connector/wire.ts';
import { INCLUDE } from './requests.ts';
import type { Body } from './write-bodies.ts';

/** Creates a person; refused with 409 when the address was ever in the account. */
export function buildCreate(json: Body): ApiRequest {
  return { method: 'POST', path: '/contacts', json };
}

/** Replaces a person's properties; brings a deleted one back. */
export function buildPut(id: string, json: Body, urgent: boolean): ApiRequest {
  return { method: 'PUT', path: `/contacts/${id}`, json, urgent };
}

export function buildDelete(id: string): ApiRequest {
  return { method: 'DELETE', path: `/contacts/${id}` };
}

/** Reads a person just before and just after a write. */
export function buildPerson(id: string, urgent: boolean): ApiRequest {
  return { method: 'GET', path: `/contacts/${id}`, query: { include: INCLUDE }, urgent };
}

/** Asks who has this address, in any state. */
export function buildByAddress(address: string): ApiRequest {
  return { method: 'GET', path: '/contacts', query: { email: address, status: 'all', include: INCLUDE } };
}
