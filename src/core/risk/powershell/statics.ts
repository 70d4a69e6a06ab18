import type { Verdict } from '../effect.ts';
import { named, say } from '../verdicts.ts';
import { constantOf, shownOf } from './constant.ts';
import type { Knowledge } from './knowledge.ts';
import { isWholeWindows, isWindowsOwned, isWindowsSecret } from './places.ts';
import type { MemberNode } from './tree.ts';

/** Types whose values only compute or look, as `[name]` has them: converting to one changes nothing. */
const harmless =
  /^(void|object|psobject|pscustomobject|ordered|hashtable|array|string|char|bool|boolean|byte|sbyte|u?int(16|32|64)?|u?long|u?short|single|float|double|decimal|bigint|numerics\.\w+|datetime|datetimeoffset|dateonly|timeonly|timespan|timezoneinfo|guid|version|semver|management\.automation\.semanticversion|uri|math|regex|text\.[\w.]+|xml|xml\.[\w.]+|convert|bitconverter|enum|type|nullable|switch|ref|linq\.enumerable|globalization\.\w+|cultureinfo|collections\.[\w.]+|stringcomparison|stringsplitoptions|stringcomparer|consolecolor|dayofweek|datetimekind|midpointrounding|environment|environment\.specialfolder|environmentspecialfolder|environmentvariabletarget|random|gc|exception|([\w.]+)?exception|io\.(path|fileinfo|directoryinfo|driveinfo|drivetype|fileattributes|searchoption|stringreader|memorystream|file|directory|filemode|fileaccess|fileshare|streamreader|fileinfo)|net\.(ipaddress|ipendpoint|dns|iphostentry|networkcredential|mail\.mailaddress|securityprotocoltype|servicepointmanager|networkinformation\.[\w.]+|sockets\.(addressfamily|sockettype|protocoltype))|ipaddress|mailaddress|security\.principal\.\w+|security\.cryptography\.(md5|sha\d+|hashalgorithm)\w*|security\.cryptography\.x509certificates\.[\w.]+|x509certificate2?|security\.accesscontrol\.\w+|diagnostics\.(stopwatch|process|eventlog|eventlogentry|fileversioninfo|performancecounter\w*)|diagnostics\.eventing\.reader\.\w+|serviceprocess\.\w+|runtime\.interopservices\.(runtimeinformation|osplatform|architecture)|threading\.thread|appdomain|console|microsoft\.win32\.\w+|management\.automation\.(pscustomobject|psobject|actionpreference|errorrecord|errorcategory|switchparameter|pscredential|language\.\w+)|management\.\w+|pscredential|securestring|security\.securestring|psmoduleinfo|adsi|adsisearcher|wmi|wmiclass|wmisearcher|directoryservices\.[\w.]+|cimclass|ciminstance|cimsession|microsoft\.management\.infrastructure\.[\w.]+|cmdletbinding|parameter|alias|outputtype|validate\w+|allow(null|emptystring|emptycollection)|supportswildcards|psdefaultvalue|argumentcompleter|argumentcompletions|data|data\.(datatable|dataset)|scriptblock|management\.automation\.scriptblock)$/;

/** The name without what all types may have around it: `System.`, array brackets, type arguments. */
const tidyType = (name: string): string =>
  name
    .replace(/^system\./, '')
    .replace(/(\[[\],]*\])+$/, '')
    .replace(/(`\d+)?\[.*\]$/, '');

/** What naming a type, or converting to it, does. */
export const typeVerdicts = (name: string): readonly Verdict[] =>
  harmless.test(tidyType(name))
    ? []
    : [say('unknown', `uses the type ${name}, which is not in the catalogue`)];

const reads = 'reads';
const runs = say('runsCode', 'starts a program');
const undecidable = say('undecidable', 'runs what only shows when it runs');
const network = say('network', 'talks to another machine');

/** Static methods by type; the first pattern that fits says what a call means. */
const methods: readonly (readonly [RegExp, RegExp, Verdict | typeof reads])[] = [
  [/^io\.(file|directory)$/, /^(exists|read\w*|get\w*|enumerate\w*|openread|opentext)$/, reads],
  [/^io\.(file|directory)$/, /^delete$/, say('deletes', 'deletes a file or a folder')],
  [/^io\.(file|directory)$/, /^(encrypt|replace|move)$/, say('deletes', 'moves or replaces a file')],
  [/^io\.(file|directory)$/, /./, named.writes],
  [/^io\.path$/, /^get(tempfilename)$/, named.writes],
  [/^io\.compression\./, /./, named.writes],
  [/^diagnostics\.process$/, /^(getprocess\w*|getcurrentprocess)$/, reads],
  [/^diagnostics\.process$/, /./, runs],
  [/^diagnostics\.eventlog$/, /^(geteventlogs|exists|sourceexists|lognamefromsourcename)$/, reads],
  [/^diagnostics\.eventlog$/, /^delete/, say('destroys', 'deletes an event log')],
  [/^environment$/, /^(get\w+|expandenvironmentvariables)$/, reads],
  [/^environment$/, /^(exit|failfast)$/, named.nothing],
  [/^net\.dns$/, /./, reads],
  [/^net\.(webclient|http\w*|webrequest|httpwebrequest|sockets\.\w+|mail\.smtpclient)/, /./, network],
  [/^(management\.automation\.)?scriptblock$/, /./, undecidable],
  [/^(powershell|management\.automation\.(powershell|runspaces\..*)|runspacefactory)$/, /./, undecidable],
  [
    /^(reflection\..*|activator|appdomain|runtime\.interopservices\.(marshal|nativelibrary)|codedom\..*|microsoft\.csharp\..*|microsoft\.visualbasic\.interaction)$/,
    /./,
    undecidable,
  ],
  [/^(runtime\.interopservices\.runtimeinformation)$/, /./, reads],
  [/^microsoft\.win32\.registry(key)?$/, /^(getvalue|open\w+)$/, reads],
  [/^microsoft\.win32\./, /./, named.writes],
  [/^console$/, /^(write\w*|out\w*|error\w*|beep|resetcolor|read\w*|clear)$/, named.nothing],
  [/^threading\.thread$/, /^sleep$/, named.nothing],
  [/^gc$/, /./, named.nothing],
  [/^array$/, /^(clear|resize|sort|reverse|indexof|find\w*|copy|exists)$/, named.nothing],
  [/^xml\./, /^load$/, reads],
  [
    /^(windows\.forms\.)(clipboard|sendkeys)/,
    /./,
    say('secrets', 'reads or fills the clipboard or the keyboard'),
  ],
  [/^security\.principal\./, /^(getcurrent|new)$/, reads],
  [/^net\.networkinformation\./, /^get\w+$/, reads],
  [/^security\.cryptography\.protecteddata$/, /./, say('secrets', 'opens what Windows keeps encrypted')],
  [/^runtime\.interopservices\./, /./, undecidable],
  [/^diagnostics\.stopwatch$/, /./, named.nothing],
  [/^serviceprocess\./, /^get\w+$/, reads],
  [/^timezoneinfo$|^management\.automation\.language\.parser$/, /./, reads],
];

/** What a static member does. */
export const staticVerdicts = (written: string, node: MemberNode, known: Knowledge): readonly Verdict[] => {
  const type = tidyType(written);
  const { name, args } = node;
  if (args === null)
    return typeVerdicts(written).map((v) => ({ ...v, why: `reads from the type ${written}` }));
  if (name === null)
    return [say('undecidable', `calls something of ${written} that only shows when it runs`)];
  if (name === 'new') return constructVerdicts(written);
  const row = methods.find(([types, names]) => types.test(type) && names.test(name));
  if (!row)
    return harmless.test(type) && computes.test(type)
      ? [named.nothing]
      : [say('unknown', `calls ${written}::${name}, which is not in the catalogue`)];
  const meaning = row[2];
  const texts = args.map((arg) => constantOf(arg, known) ?? shownOf(arg));
  const found: Verdict[] = [
    meaning === reads ? named.reads : { ...meaning, why: `${written}::${name} ${meaning.why}` },
  ];
  if (meaning === reads && texts.some(isWindowsSecret)) found.push(say('secrets', 'reads a secret file'));
  const isDeep = type === 'io.directory' && texts.length > 1 && texts[1] !== '$false';
  if (name === 'delete' && (isDeep || texts.some(isWindowsOwned))) found.push(named.destroys);
  if (meaning !== reads && name === 'delete' && texts.some(isWholeWindows)) found.push(named.ruins);
  if (meaning === named.writes && texts.some(isWindowsOwned)) found.push(named.overwrites);
  if (type === 'diagnostics.process' && meaning !== reads && args.length > 0)
    found.push(...startVerdicts(texts));
  return found;
};

const startVerdicts = (texts: readonly string[]): readonly Verdict[] =>
  texts.some((text) => text === 'what is computed' || text.startsWith('$'))
    ? [say('undecidable', 'starts a program that only shows when it runs')]
    : programLineVerdicts(texts.join(' '));

/** What a line that starts a program somewhere deep would do, as far as its words tell. */
export const programLineVerdicts = (line: string): readonly Verdict[] =>
  /\b(del|rmdir|rd|format|shutdown|diskpart|vssadmin|bcdedit|cipher|erase|remove-item|wevtutil)\b/i.test(line)
    ? [say('destroys', 'starts a program that destroys')]
    : [];

/** Types whose methods only compute. */
const computes =
  /^(string|char|bool|boolean|u?int\w*|u?long|u?short|byte|single|float|double|decimal|bigint|numerics\.\w+|datetime\w*|dateonly|timeonly|timespan|timezoneinfo|guid|version|uri|math|regex|text\.[\w.]+|convert|bitconverter|enum|linq\.enumerable|globalization\.\w+|cultureinfo|io\.path|net\.ipaddress|ipaddress|stringcomparer|object|xml|collections\.[\w.]+|security\.cryptography\.\w+|hashtable|array|management\.managementdatetimeconverter)$/;

const networked =
  /^(net\.(webclient|http\w*(\.\w+)?|sockets\.(tcpclient|udpclient|socket|tcplistener)|mail\.\w+|webrequest|ftpwebrequest))$/;

/** What making an object of a type does. */
export const constructVerdicts = (written: string): readonly Verdict[] => {
  const type = tidyType(written);
  if (networked.test(type)) return [say('network', `makes a ${written}, which talks to other machines`)];
  if (/^io\.(streamwriter|filestream|binarywriter)$/.test(type))
    return [say('writes', 'opens a file to write')];
  if (/^(management\.automation\.(powershell|runspaces.*)|reflection\..*|codedom\..*)$/.test(type))
    return [say('undecidable', 'makes something that runs code')];
  if (/^(psobject|random|data\.data(table|set|column|row))$/.test(type)) return [];
  return typeVerdicts(written);
};
