/**
 * Our sentences for the YAML parser's error codes. The parser's own messages quote the file and so could quote a secret.
 */
import type { ErrorCode } from 'yaml';

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab is used to indent here; YAML wants spaces',
  BAD_INDENT: 'the indentation does not fit: keys of one block start in the same column, and [ or { must be closed',
  MISSING_CHAR: 'something is missing here: a closing quote, ] or }, or the colon and space after a key',
  UNEXPECTED_TOKEN:
    'something is left over here; inside { } and [ ] put ${NAME} and other text with brackets in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'there is a second colon on this line; put the value in quotes, or start a new line',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line with its colon; check the indentation',
  BAD_SCALAR_START: 'a value cannot start with this character; put it in quotes',
  BAD_DQ_ESCAPE: 'this escape is not known inside double quotes; use single quotes, or double the backslash',
  BAD_ALIAS: 'an alias or anchor is not written as YAML wants it; put text that starts with * or & in quotes',
  MULTIPLE_DOCS: 'a second document starts here; one file holds one configuration, so remove the ---',
  TAG_RESOLVE_FAILED: 'this tag is not known; write the plain value',
};

/** Words a parser's error without quoting the file. */
export function describeYamlError(code: ErrorCode): string {
  return SENTENCES[code] ?? 'this is not YAML; compare the line with the examples in docs/configuration.md';
}
