/** notes: making, changing and deleting the notes of a contact; a note is a record of its own and moves nothing of the contact. */
import type { Crm, NoteChange } from './crm.ts';
import type { Note } from './types.ts';

export type NoteDraft = Pick<Note, 'contactId' | 'type' | 'note' | 'noteAt' | 'important' | 'isPrivate'>;

/** Writes a new note. */
export function createNote(crm: Crm, draft: NoteDraft): Note {
  return keep(crm, 'note.created', 'contactNoteCreate', { id: crm.nextId(), ...crm.born(), ...draft });
}

/** Sets a note's text and properties. */
export function editNote(crm: Crm, changed: Note): Note {
  return keep(crm, 'note.edited', 'contactNoteUpdate', { ...changed, ...crm.moved() });
}

/** Deletes a note. */
export function deleteNote(crm: Crm, note: Note): void {
  crm.notes.delete(note.id);
  crm.recordNote('note.deleted', 'contactNoteDelete', note);
}

function keep(crm: Crm, kind: string, change: NoteChange, note: Note): Note {
  crm.notes.set(note.id, note);
  crm.recordNote(kind, change, note);
  return note;
}
