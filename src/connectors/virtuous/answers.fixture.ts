/** Answers of this API as its documentation and its recorded traffic show them, for the tests beside this file. */
type Json = Record<string, unknown>;

const CONTACT: Json = {
  isCurrentUserFollowing: false,
  id: 4711,
  contactType: 'Household',
  isPrivate: false,
  name: 'Ada and Ben Mora',
  informalName: 'Ada and Ben',
  description: null,
  website: '',
  maritalStatus: 'Married',
  anniversaryMonth: 6,
  anniversaryDay: 1,
  anniversaryYear: 2001,
  mergedIntoContactId: null,
  address: { id: 9, label: 'Home', address1: '1 Elm St', city: 'Tempe', state: 'AZ', postal: '85281', isPrimary: true },
  giftAskAmount: '$0',
  lifeToDateGiving: '$1,200',
  lastGiftDate: 'Unavailable',
  contactGiftsUrl: 'https://api.virtuoussoftware.com/api/Gift/ByContact/4711',
  contactReferences: [{ source: 'Constant Contact', id: 'cc-1' }],
  originSegmentId: 3,
  createDateTimeUtc: '2016-02-10T00:00:00',
  createdByUser: 'Import',
  modifiedDateTimeUtc: '2017-12-07T20:37:02.8933333',
  modifiedByUser: 'Import',
  tags: ['CC: News', 'Board', 'CC: News'],
  organizationGroups: [],
  customFields: [{ name: 'Shoe size', value: '42', displayName: 'Size of shoe' }],
  customCollections: [
    {
      customCollectionId: 1,
      customCollectionName: 'Pets',
      collectionInstanceId: 5,
      fields: [{ name: 'Pet', value: 'Cat' }],
    },
  ],
};

/** A contact with everything in it; `more` is laid over it. */
export function fullContact(more: Json = {}): Json {
  return { ...CONTACT, contactIndividuals: [individual()], ...more };
}

export function individual(more: Json = {}): Json {
  return {
    id: 815,
    contactId: 4711,
    prefix: 'Dr.',
    firstName: 'Ada',
    middleName: null,
    lastName: 'Mora',
    isPrimary: true,
    isSecondary: false,
    birthMonth: 9,
    birthDay: 4,
    birthYear: 1998,
    birthDate: '9/4/1998',
    isDeceased: false,
    contactMethods: [method(), { id: 31, type: 'Home Phone', value: '555-0100', isOptedIn: true, isPrimary: true }],
    createDateTimeUtc: '2016-02-10T00:00:00',
    modifiedDateTimeUtc: '2018-01-01T00:00:00.5',
    customFields: [],
    ...more,
  };
}

export function method(more: Json = {}): Json {
  return {
    id: 30,
    type: 'Home Email',
    value: 'Ada@Example.org',
    isOptedIn: true,
    isPrimary: true,
    canBePrimary: true,
    ...more,
  };
}
