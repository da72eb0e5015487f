// The grammar of RFC 3986, with the zones of RFC 6874, as protovalidate reads it:
// percent-encoded host names are UTF-8, and an IPv6 address cannot end in an IPv4 address.

const HEX = "[0-9A-Fa-f]";
const UNRESERVED = "A-Za-z0-9._~-";
const SUB_DELIMS = "!$&'()*+,;=";
const ENCODED = `%${HEX}{2}`;

/** A character of UTF-8, each byte of which is percent-encoded. */
const NEXT = `%[89ABab]${HEX}`;
const ENCODED_CHARACTER = alternatives(
  `%[0-7]${HEX}`,
  `%(?:[Cc][2-9A-Fa-f]|[Dd]${HEX})${NEXT}`,
  `%[Ee]0%[ABab]${HEX}${NEXT}`,
  `%[Ee][1-9A-Ca-cEeFf]${NEXT}${NEXT}`,
  `%[Ee][Dd]%[89]${HEX}${NEXT}`,
  `%[Ff]0%[9ABab]${HEX}${NEXT}${NEXT}`,
  `%[Ff][1-3]${NEXT}${NEXT}${NEXT}`,
  `%[Ff]4%8${HEX}${NEXT}${NEXT}`,
);

const GROUP = `${HEX}{1,4}`;
const IPV6 = alternatives(
  `(?:${GROUP}:){7}(?:${GROUP}|:)`,
  // Two colons stand for one group or more.
  ...[1, 2, 3, 4, 5, 6].map(
    (before) => `(?:${GROUP}:){${before}}:(?:${GROUP}(?::${GROUP}){0,${6 - before}})?`,
  ),
  `::(?:${GROUP}(?::${GROUP}){0,6})?`,
);
const ZONE = `%25(?:[${UNRESERVED}]|${ENCODED_CHARACTER})+`;
const FUTURE = `v${HEX}+\\.[${SUB_DELIMS}:${UNRESERVED}]+`;

const HOST = alternatives(
  `\\[(?:${IPV6}(?:${ZONE})?|${FUTURE})\\]`,
  `(?:[${SUB_DELIMS}${UNRESERVED}]|${ENCODED_CHARACTER})*`,
);
const USER = `(?:[${SUB_DELIMS}:${UNRESERVED}]|${ENCODED})*`;
const AUTHORITY = `(?:${USER}@)?${HOST}(?::[0-9]*)?`;

const PATH_CHARACTER = `(?:[${SUB_DELIMS}:@${UNRESERVED}]|${ENCODED})`;
const SEGMENTS = `(?:/${PATH_CHARACTER}*)*`;
const AFTER = `(?:[${SUB_DELIMS}:@/?${UNRESERVED}]|${ENCODED})*`;
const PATH = alternatives(
  `//${AUTHORITY}${SEGMENTS}`,
  `/(?:${PATH_CHARACTER}+${SEGMENTS})?`,
  `${PATH_CHARACTER}+${SEGMENTS}`,
);

/** A URI, not a reference that is relative to one. */
export const URI_PATTERN = `^[A-Za-z][A-Za-z0-9+.-]*:${PATH}?(?:\\?${AFTER})?(?:#${AFTER})?$`;

function alternatives(...patterns: readonly string[]): string {
  return `(?:${patterns.join("|")})`;
}
