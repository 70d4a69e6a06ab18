import type { Verdict } from '../../effect.ts';
import type { Family } from '../../rule.ts';
import { named, say } from '../../verdicts.ts';
import { isWholeWindows, isWindowsOwned, isWindowsSecret } from '../places.ts';
import { powershellVerdicts } from '../powershell-call.ts';
import { unixVerdicts } from '../unix.ts';
import { byWord, flagged, hasUnknown, languages, lowerWords } from './program-rules.ts';

/** Hives of the registry that hold passwords. */
const secretHives = (words: readonly string[]): readonly Verdict[] =>
  words.some(isWindowsSecret) ||
  words.some((word) => /^hk(lm|ey_local_machine)\\(sam|security|system)$/.test(word))
    ? [named.secrets]
    : [];

const changesRights =
  /\/(grant|deny|remove|reset|setowner|setintegritylevel|inheritance|t|f|r|e|g|p|d|a|save|restore|substitute)\b|[+-][rahsi]\b/;

const gone = say('destroys', 'takes away what a machine is brought back with');

/** Programs of Windows. Those that Unix has too are in the other catalogue. */
export const programs: Family = {
  rules: {
    ...languages,
    'powershell pwsh': { is: 'nothing', noHelp: true, namesOnly: true, check: powershellVerdicts },
    reg: byWord(
      {
        'query compare': 'reads',
        'add import copy restore load unload': 'writes',
        'export save': named.writes,
        delete: say('destroys', 'deletes from the registry'),
      },
      'unknown',
      (words) => [
        ...secretHives(words),
        ...(words[0] === 'add' && words.some(isWindowsOwned) ? [named.overwrites] : []),
      ],
    ),
    vssadmin: byWord({ list: 'reads', 'delete resize': gone }, 'services'),
    'bcdedit bootrec bcdboot bootsect': byWord(
      { 'enum v': 'reads', '': 'reads' },
      say('destroys', 'changes how the machine starts'),
    ),
    wbadmin: byWord({ get: 'reads', delete: gone }, 'services', (words) =>
      words[0] === 'disable' ? [gone] : [],
    ),
    diskshadow: gone,
    'diskpart format': say('destroys', 'formats or repartitions a disk'),
    fsutil: {
      noHelp: true,
      check: (call) => {
        const text = lowerWords(call).join(' ');
        if (/deletejournal|setzerodata|\bset(validdata|eof)\b/.test(text)) return [named.destroys];
        return [/\b(query\w*|fsinfo|list|info|show\w*|find\w*)\b/.test(text) ? named.reads : named.writes];
      },
    },
    cipher: flagged('reads', /\/(w|e|d|k|r|u|x|rekey)\b/, say('destroys', 'wipes or encrypts files')),
    schtasks: byWord(
      { query: 'reads', '': 'reads', delete: say('destroys', 'deletes a scheduled task'), run: 'runsCode' },
      say('services', 'has something run at other times'),
    ),
    wevtutil: byWord(
      {
        'qe query-events el enum-logs gl get-log gli get-log-info ep gp get-publisher enum-publishers':
          'reads',
        'cl clear-log': say('destroys', 'empties a log'),
      },
      'writes',
    ),
    taskkill: {
      noHelp: true,
      check: (call) =>
        /\b(lsass|winlogon|csrss|wininit|svchost|services|msmpeng|explorer)\b/.test(
          lowerWords(call).join(' '),
        )
          ? [named.stops]
          : [named.kills],
    },
    shutdown: flagged('stops', /^(\/a|-a)$/, 'services'),
    'logoff tskill': 'kills',
    'tasklist systeminfo driverquery getmac pathping nbtstat tracert findstr fc comp tree more where ver quser qwinsta query typeperf whoami hostname netstat qprocess msinfo32 chcp find help timeout waitfor choice dsquery dsget vol':
      'reads',
    gpresult: flagged('reads', /[/-](h|x)\b/, say('writes', 'writes a report to a file')),
    sort: flagged('reads', /(^|\s)(\/o\S*|-\w*o\S*|--o\S*)/, say('writes', 'writes what it sorts to a file')),
    ipconfig: flagged(
      'reads',
      /\/(release|renew|flushdns|registerdns|setclassid)/,
      say('services', 'changes the network'),
    ),
    'route arp': flagged(
      'reads',
      /(^|\s)(add|delete|change|-f|-s|-d|\/f)(\s|$)/,
      say('services', 'changes the network'),
    ),
    nltest: flagged('reads', /\/(sc_reset|sc_change_pwd|shutdown|dsderegdns|sim_sync|cdigest)/, 'services'),
    klist: flagged('reads', /\bpurge\b|add_bind|get\b/, 'services'),
    'icacls cacls xcacls takeown attrib': {
      noHelp: true,
      namesOnly: true,
      singleDash: true,
      check: (call) => {
        const words = lowerWords(call);
        if (!changesRights.test(words.join(' ')) && !hasUnknown(call)) return [named.reads];
        const isOwned = words.some((word) => isWindowsOwned(word) || isWholeWindows(word));
        return [say(isOwned ? 'opens' : 'permissions', 'changes rights or attributes')];
      },
    },
    'robocopy xcopy copy move ren makecab expand extrac32 compact': {
      noHelp: true,
      check: (call) =>
        /\/(mir|purge|move|mov)\b/.test(lowerWords(call).join(' '))
          ? [say('destroys', 'removes what the source has not')]
          : [named.writes],
    },
    'setx assoc ftype subst mklink': named.writes,
    certutil: {
      noHelp: true,
      check: (call) => {
        const text = lowerWords(call).join(' ');
        if (/[-/](urlcache|verifyctl|url)\b/.test(text))
          return [named.network, say('writes', 'stores what it fetches')];
        if (
          /[-/](hashfile|dump|store|viewstore|verify|ping|\?)\b/.test(text) &&
          !/delstore|addstore/.test(text)
        )
          return [named.reads];
        return [say('writes', 'changes certificates or writes files')];
      },
    },
    'bitsadmin ftp tftp': [named.network][0] as Verdict,
    'mshta regsvr32 rundll32 installutil regasm regsvcs msbuild cmstp wscript cscript odbcconf forfiles pcalua hh ieexec':
      {
        noHelp: true,
        check: (call) => {
          const text = lowerWords(call).join(' ');
          if (/https?:|\\\\|javascript:|vbscript:|scrobj/.test(text) || hasUnknown(call))
            return [named.runsFetched];
          return [
            say('runsCode', 'runs code that is not on the card'),
            ...(/\b(del|rd|rmdir|format|erase)\b/.test(text) ? [named.destroys] : []),
          ];
        },
      },
    'msiexec wusa pkgmgr': {
      noHelp: true,
      check: (call) =>
        /\/(x|uninstall)\b/.test(lowerWords(call).join(' ')) ? [named.removes] : [named.installs],
    },
    dism: flagged(
      'reads',
      /\/(add|remove|enable|disable|apply|capture|cleanup|set|restorehealth|mount|unmount|commit|export|append|delete|split)/,
      say('installs', 'changes what Windows is made of'),
    ),
    pnputil: flagged(
      'reads',
      /\/(add|delete|enable|disable|restart|remove|scan|install|d|a|i)\b|-(a|d|i)\b/,
      'installs',
    ),
    sfc: flagged('services', /\/verifyonly/, 'reads'),
    chkdsk: flagged(
      'reads',
      /\/(f|r|x|b|spotfix|offlinescanandfix)\b/,
      say('services', 'repairs a file system'),
    ),
    'defrag mountvol convert label chkntfs powercfg auditpol secedit gpupdate w32tm lodctr logman tzutil manage-bde repair-bde':
      {
        noHelp: true,
        check: (call) => {
          const text = lowerWords(call).join(' ');
          if (
            /(-off|-forcerecovery|-wipefreespace|-protectors.*-(delete|disable)|\/clear|\/remove|convert\b.*\/fs)/.test(
              text,
            )
          )
            return [say('opens', 'takes away what protects the machine')];
          return [
            /^([-/]?(list|l|query|get|status|getactivescheme|g|a|analyze|q|stripchart|tz|monitor))\b/.test(
              text,
            ) && !/(delete|set|change)/.test(text)
              ? named.reads
              : say('services', 'changes settings of the system'),
          ];
        },
      },
    'runas psexec paexec': {
      noHelp: true,
      check: (call) => [named.escalates, ...call.runs(call.args.filter((a) => !/^[/\\-]/.test(a.text)))],
    },
    'winget choco scoop': byWord(
      { 'list search show info outdated source config features': 'reads', 'uninstall remove': 'removes' },
      'installs',
    ),
    'netdom dsadd dsmod dsmove csvde ldifde ntdsutil dcpromo': {
      noHelp: true,
      check: (call) =>
        /ifm|create full/.test(lowerWords(call).join(' '))
          ? [named.secrets, named.opens]
          : [named.permissions],
    },
    'dsrm sdelete sdelete64': gone,
    'vaultcmd cmdkey rdrleakdiag procdump procdump64 mimikatz esentutl': 'secrets',
    wsl: {
      is: 'nothing',
      noHelp: true,
      namesOnly: true,
      check: (call) => {
        const words = lowerWords(call);
        if (/^(-l|--list|-v|--version|--status|--help)$/.test(words[0] ?? '')) return [named.reads];
        if (/^--(unregister|shutdown|terminate)$/.test(words[0] ?? ''))
          return [say('destroys', 'ends or removes a whole system')];
        const at = call.args.findIndex(
          (arg, i) =>
            !arg.lead.startsWith('-') && !/^(-d|-u|--distribution|--user|--cd)$/.test(words[i - 1] ?? ''),
        );
        return at < 0 ? [say('unknown', 'starts a shell')] : unixVerdicts(call.args.slice(at));
      },
    },
    'bcp osql': 'network',
  },
  examples: {
    'read-only': [
      'ipconfig /all',
      'reg query HKLM\\SOFTWARE\\Microsoft',
      'sc.exe query wuauserv',
      'net user',
      'netsh interface show interface',
      'wmic os get caption',
      'cmd /c dir C:\\',
      'cmd /c "ver & vol"',
      'cmd /c echo hi > $null',
      'schtasks /query /tn x',
      'tasklist | findstr svchost',
      'C:\\Windows\\System32\\whoami.exe /all',
      'vssadmin list shadows',
      'powershell -NoProfile -Command "Get-Process"',
      'pwsh -c { Get-Date }',
      'git status',
      'ping -n 1 h',
      'powershell -enc RwBlAHQALQBEAGEAdABlAA==',
      'docker ps',
    ],
    changes: [
      'reg add HKCU\\Software\\x /v a',
      'net stop spooler',
      'sc.exe config x start= auto',
      'netsh interface set interface x disabled',
      'cmd /c copy a b',
      'cmd /c echo a > b',
      'schtasks /create /tn x /tr y',
      'taskkill /im notepad.exe',
      'icacls x /grant everyone:F',
      'certutil -urlcache -f http://x y',
      'msiexec /i x.msi',
      'ipconfig /flushdns',
      'C:\\temp\\whoami.exe',
      'foo --bar',
      'reg save HKLM\\SAM x',
      'rundll32 x.dll,y',
      'cmd /c del a',
    ],
    dangerous: [
      'vssadmin delete shadows /all /quiet',
      'bcdedit /set {default} recoveryenabled No',
      'cmd /c del /f test.txt',
      'cmd /c "echo a & rd /s /q b"',
      'cmd /c d^el /q x',
      'cmd /c $x',
      'wevtutil cl System',
      'cipher /w:C:\\',
      'diskpart /s x.txt',
      'format D: /q',
      'reg delete HKLM\\SOFTWARE\\x /f',
      'shutdown /r /t 0',
      'powershell -ep bypass -File x.ps1',
      'powershell -enc $x',
      'powershell -EncodedCommand UgBlAG0AbwB2AGUALQBJAHQAZQBtACAAQwA6AFwAZABhAHQAYQAgAC0AUgBlAGMAdQByAHMAZQA=',
      'Get-Content x | powershell -',
      'wmic shadowcopy delete',
      'mshta http://x/y.hta',
      'netsh advfirewall set allprofiles state off',
      'cmd /c if exist x rd /s /q x',
      'cmd /c for %i in (*) do del /q %i',
      'net localgroup administrators bob /add',
      'net user bob /active:no',
      'powershell /c Stop-Computer',
      'schtasks /delete /tn x /f',
    ],
    forbidden: ['cmd /c rd /s /q C:\\', 'cmd /c "del /s /q C:\\Windows\\*"'],
  },
};
