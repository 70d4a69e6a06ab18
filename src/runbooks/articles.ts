const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Before these a common noun stands, never a name: "the battery", "un rapport", "der Drucker". */
const determiners = words(`
  the a an this that these those my our your his her their its each every some
  le la les l un une des du au aux ce cet cette ces mon ma mes notre nos votre vos leur leurs
  der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem mein meine meinen unser unsere
  zum zur vom beim im
`);

/** After these, without an article, a name stands: "logs of billing", "Status von billing". */
const beforeNames = words('of for from von fur bei');

/** What makes a thing an unspecified one of its kind: "a given process", "one or more containers". */
const unspecifying = words(`
  a an un une ein eine einen einem einer eines specific given specified particular certain more
  donne specifique particulier bestimmten bestimmter bestimmte 특정 어떤
`);

/** "l'horloge" is one word with its article. */
export const isDeterminer = (key: string): boolean => determiners.has(key) || /^l /.test(key);
export const marksName = (key: string): boolean => beforeNames.has(key);
export const unspecifies = (key: string): boolean => unspecifying.has(key);
