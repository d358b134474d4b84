/**
 * crm-contract-exceptions: where the CRM's simulator is right and the vendor's publication is not.
 *
 * Each names the line of our facts (virtuous-crm) that justifies it. Nothing else may be excused; one that excuses nothing should go.
 */
export interface CrmContractException {
  /** The calls it is about: method and path. */
  readonly call: RegExp;
  readonly kind: 'request' | 'answer';
  readonly message: RegExp;
  readonly because: string;
}

export const CRM_CONTRACT_EXCEPTIONS: readonly CrmContractException[] = [
  {
    call: /./,
    kind: 'answer',
    message: /^undeclared status (401|429)$/,
    because: '§1: a missing or bad token is 401; §2: 429 on any operation, though no operation declares it',
  },
  {
    call: /^GET |^POST .*\/(Query|Search)|^(PUT|DELETE) .*\/\d+$/,
    kind: 'answer',
    message: /^undeclared status (400|404)$/,
    because:
      '§10: invalid input is 400 with modelState, 404 has an empty body; §9: a write to an archived contact is 404',
  },
  {
    call: /./,
    kind: 'answer',
    message: /^body should be empty$/,
    because: '§10: a 400 has `message`, and `modelState` for invalid input; the samples of 400 are empty',
  },
  {
    call: /^POST \/Token$/,
    kind: 'answer',
    message:
      /^undeclared status (200|202)$|^\.(access_token|token_type|expires_in|refresh_token|userName|twoFactorEnabled|\.issued|\.expires) is missing$|^\.(error|error_description) is not published$/,
    because:
      '§1: 200 with tokens and 202 for a second factor; the publication shows the tokens under 400. §10: errors are OAuth-shaped',
  },
];
