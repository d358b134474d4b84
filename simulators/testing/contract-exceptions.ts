/**
 * contract-exceptions: where the simulator is right and the vendor's published contract is not.
 *
 * Each exception names the line of our API notes that justifies it. Nothing else may be excused; an exception that no longer
 * excuses anything should go.
 */
export interface ContractException {
  /** The calls it is about, on the path below the base. */
  readonly path: RegExp;
  readonly kind: 'request' | 'answer';
  /** The violations it excuses. */
  readonly message: RegExp;
  readonly because: string;
}

export const CONTRACT_EXCEPTIONS: readonly ContractException[] = [
  {
    path: /./,
    kind: 'request',
    message: /^unknown query parameter: cursor$/,
    because: 'constant-contact-v3 §1.1: the next link carries only `cursor`, which no operation declares',
  },
  {
    path: /^\/segments$/,
    kind: 'answer',
    message: /_links must have required property 'next'$/,
    because: 'constant-contact-v3 §1.1: on the last page `_links` may be `{}`, absent or null',
  },
  {
    path: /./,
    kind: 'answer',
    message: /^undeclared status 429$/,
    because: 'constant-contact-v3 §3 and §4: every call may be throttled, whether or not it declares 429',
  },
  {
    path: /^\/contact_lists\/[^/]+$/,
    kind: 'answer',
    message: /^undeclared status 400$/,
    because: 'constant-contact-v3 §4: malformed or invalid requests answer 400; the single list forgets to declare it',
  },
  {
    path: /^\/(segments\/[^/]+|account\/user\/privileges|account\/summary)$/,
    kind: 'answer',
    message: /^undeclared status (400|403)$/,
    because: 'constant-contact-v3 §2 and §4: scopes and privileges gate every call, and a bad query is a 400',
  },
  {
    path: /^\/activities\//,
    kind: 'request',
    message: /must NOT have more than 0 items$/,
    because: 'constant-contact-v3 §7: these lists of ids take 50, 100 or 500; a maximum of 0 is a slip of the contract',
  },
  {
    path: /^\/activities\/contacts_json_import$/,
    kind: 'request',
    message: /must NOT have additional properties: "(cf:.+|home_country)"$/,
    because:
      'constant-contact-v3 §7: columns `cf:<name>` of the account, and `home_country`, which the contract misspells',
  },
];
