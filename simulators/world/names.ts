/**
 * names: the words people, firms and places of the world are made from.
 *
 * Only invented people: every address is under a domain reserved for examples. The lists hold several scripts, apostrophes and
 * combining marks on purpose, because those are what a sync breaks on.
 */
// prettier-ignore
export const FIRST_NAMES = [
  'Ann', 'Bo', 'Carla', 'Dmitri', 'Élodie', 'Fatima', 'Göran', 'Hana', 'Íñigo', 'Jürgen', 'Kwame', 'Léa', 'Mary', 'Noor',
  'Oluwaseun', 'Priya', 'Quentin', 'Renée', 'Søren', 'Thandiwe', 'Ulla', 'Víctor', 'Wei', 'Ximena', 'Yūki', 'Zoë', '美咲',
  'Анна', 'محمد', 'Jose\u0301',
] as const;

// prettier-ignore
export const LAST_NAMES = [
  'Abbott', 'Böhm', 'Carvalho', 'D’Angelo', 'Eze', 'Fitzgerald', 'García Márquez', 'Hansen', 'Ibrahim', 'Jørgensen', 'Kowalski',
  'Lefèvre', 'Müller', 'Nguyễn', "O'Brien", 'Petrov', 'Quiñones', 'Rossi', 'Smith', 'Tanaka', 'Usman', 'van der Berg', 'Wang',
  'Yılmaz', 'Žukauskas', '田中', 'Иванова', 'Smith-Jones', 'St. John', 'Null',
] as const;

/** The same names as they stand in addresses. */
// prettier-ignore
export const LOCAL_PARTS = [
  'ann', 'bo', 'carla', 'dmitri', 'elodie', 'fatima', 'goran', 'hana', 'inigo', 'jurgen', 'kwame', 'lea', 'mary', 'noor', 'seun',
  'priya', 'quentin', 'renee', 'soren', 'thandi', 'ulla', 'victor', 'wei', 'ximena', 'yuki', 'zoe', 'misaki', 'anna', 'mohamed',
  'jose',
] as const;

export const DOMAINS = ['example.org', 'example.com', 'example.net', 'mail.example.org'] as const;

// prettier-ignore
export const JOB_TITLES = [
  'Teacher', 'Nurse', 'Engineer', 'Bäckermeister', 'Volunteer', 'Director of Development', 'Treasurer', 'Farmer',
] as const;

// prettier-ignore
export const COMPANIES = [
  'Harbor Food Bank', 'Müller & Söhne', 'Riverside School', 'Acme, Inc.', 'The "Blue" Door', 'Kyoto Tea 株式会社', 'Oak Street Clinic',
] as const;

export const CITIES = [
  { city: 'Waltham', state: 'MA', postalCode: '02451', country: 'United States' },
  { city: 'Loveland', state: 'CO', postalCode: '80538', country: 'United States' },
  { city: 'Zürich', state: null, postalCode: '8001', country: 'Switzerland' },
  { city: '大阪市', state: null, postalCode: '530-0001', country: 'Japan' },
  { city: 'Łódź', state: null, postalCode: '90-001', country: 'Poland' },
] as const;

export const STREETS = ['Main St', 'Oak Avenue', 'Harbour Road', 'Bahnhofstraße', 'Rue de l’Église'] as const;

export const OPT_OUT_REASONS = [
  'No longer interested',
  'Too many emails, sorry!',
  'I never signed up for this',
  'Désolé; trop de courriels "promo", merci',
] as const;

// prettier-ignore
export const LIST_NAMES = [
  'General Interest', 'Donors', 'Volunteers', 'Newsletter', 'Événements', 'Board & Staff', 'Year-end 2025', 'Lapsed donors',
] as const;

export const TAG_NAMES = ['VIP', 'Gold member', 'gala-2025', 'Spanisch', 'Major gifts', 'école'] as const;
