import type { Call, Family } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const byFlag = (reads: RegExp) => (call: Call) => [
  call.args.length > 0 &&
  reads.test(call.args[0]?.value ?? '') &&
  call.args.every((a) => !/^--?(set|create|remove|renew|nc|renew)/.test(a.lead) || /^--?get/.test(a.lead))
    ? named.reads
    : say('services', 'changes settings of macOS'),
];

/** What only macOS has. */
export const mac: Family = {
  rules: {
    'sw_vers system_profiler vm_stat ioreg mdfind mdls pmset-g sample symbols atos leaks heap vmmap spindump-x otool-x machine pagesize':
      'reads',
    networksetup: { check: byFlag(/^-(get|list|show|print|is|version|help)/i), singleDash: true },
    scutil: { check: byFlag(/^(--get|--dns|--proxy|--nwi|--nc|-r|-w)$/), singleDash: true },
    defaults: {
      values: '-host',
      singleDash: true,
      check: (call) => [
        call.operands.some((a) => /^(read|read-type|domains|find|help)$/.test(a.value ?? '')) &&
        !call.operands.some((a) => /^(write|delete|import|rename|export)$/.test(a.value ?? 'write'))
          ? named.reads
          : named.writes,
      ],
    },
    diskutil: {
      is: 'services',
      sub: {
        'list info information activity listFilesystems listfilesystems': 'reads',
        'cs corestorage coreStorage appleRAID ar': 'services',
        apfs: {
          is: 'services',
          sub: {
            'list listCryptoUsers listSnapshots info listVolumeGroups': 'reads',
            'delete* erase*': 'destroys',
            '*': 'services',
          },
        },
        'erase* reformat partitionDisk zeroDisk randomDisk secureErase': 'destroys',
        '*': 'services',
      },
    },
    hdiutil: {
      is: 'writes',
      sub: { 'info verify plugins pmap imageinfo isencrypted help': 'reads', '*': 'writes' },
    },
    launchctl: {
      is: 'services',
      sub: {
        'list print print-cache print-disabled blame plist variant version help managername manageruid managerpid hostinfo resolveport dumpstate procinfo':
          'reads',
        reboot: 'stops',
        '*': 'services',
      },
    },
    dscl: {
      check: (call) => [
        call.args.some((a) => /^-?(read|list|search|readall|readpl|diff)$/.test(a.value ?? '')) &&
        !call.args.some((a) => /^-?(append|create|delete|merge|change\w*|passwd)$/.test(a.value ?? 'create'))
          ? named.reads
          : named.permissions,
      ],
      singleDash: true,
    },
    profiles: { is: 'services', sub: { 'list status show help version': 'reads', '*': 'services' } },
    pkgutil: {
      singleDash: true,
      is: 'reads',
      flags: {
        '--forget --unlink --learn': 'removes',
        '--expand --flatten --expand-full --edit-pkg': 'writes',
      },
    },
    security: {
      is: 'secrets',
      sub: {
        'list-smartcards leaks help get-identity-preference': 'reads',
        'delete-*': 'destroys',
        '*': 'secrets',
      },
    },
    spctl: {
      singleDash: true,
      is: 'permissions',
      turns: { '--assess -a --status --list': 'reads' },
      plain: '--verbose -v -vv -t --type --raw --ignore-cache --no-cache',
      values: '-t --type',
    },
    tmutil: {
      is: 'services',
      sub: {
        'destinationinfo compare listbackups latestbackup status listlocalsnapshots machinedirectory uniquesize calculatedrift version isexcluded':
          'reads',
        'delete deletelocalsnapshots': 'destroys',
        '*': 'services',
      },
    },
    xattr: { is: 'reads', flags: { '-w -d -c': 'writes' } },
    lipo: {
      singleDash: true,
      is: 'reads',
      flags: { '-create -output -thin -extract -remove -replace': 'writes' },
    },
    plutil: {
      singleDash: true,
      is: 'writes',
      turns: { '-p -lint -help': 'reads' },
      flags: { '-convert -replace -insert -remove': 'writes' },
    },
    sips: { is: 'writes', turns: { '-g --getProperty': 'reads' } },
    'binhex macbinary applesingle': {
      is: 'writes',
      sub: { probe: 'reads', decode: { is: 'writes', turns: { '--pipe': 'reads' } } },
      turns: { '--version': 'nothing' },
    },
    'open mdimport installer ditto bless': say('unknown', 'opens or changes something on macOS'),
    mdutil: { is: 'services', turns: { '-s': 'reads' }, plain: '-a -v' },
    softwareupdate: {
      is: 'installs',
      turns: { '-l --list --history --list-full-installers': 'reads' },
      plain: '--all -a --no-scan',
    },
    nvram: { is: 'services', turns: { '-p': 'reads' }, plain: '-x', flags: { '-c -d -f': 'stops' } },
    csrutil: {
      is: 'permissions',
      sub: { 'status report': 'reads', 'disable clear': 'opens', '*': 'permissions' },
    },
    fdesetup: {
      is: 'permissions',
      sub: {
        'status isactive list version haspersonalrecoverykey': 'reads',
        disable: 'opens',
        '*': 'permissions',
      },
    },
    kmutil: { is: 'services', sub: { 'showloaded inspect find libraries': 'reads', '*': 'services' } },
    'kextstat nettop powermetrics fs_usage sc_usage latency networkQuality zprint': 'reads',
    'kextload kextunload': say('stops', 'changes the running kernel'),
    log: {
      sub: {
        'show stream stats help': { is: 'reads', noHelp: true },
        erase: 'destroys',
        collect: 'writes',
        '*': 'services',
      },
    },
    dscacheutil: {
      is: 'services',
      turns: { '-q -statistics -cachedump -configuration': 'reads' },
      values: '-q -a',
      singleDash: true,
    },
    socketfilterfw: {
      is: 'services',
      turns: {
        '--getglobalstate --getblockall --getallowsigned --getstealthmode --getloggingmode --listapps':
          'reads',
      },
    },
    airport: { is: 'services', turns: { '-I --getinfo -s --scan': 'reads' } },
    systemsetup: { check: byFlag(/^-(get|list|show|version|help)/i), singleDash: true },
    sysdiagnose: 'writes',
    purge: 'services',
    pmset: {
      is: 'services',
      turns: { '-g': 'reads' },
      operands: { most: 2, beyond: 'services' },
      flags: { '-a -b -c -u': 'services' },
    },
    'pbcopy pbpaste say afplay screencapture': 'unknown',
  },
  examples: {
    'read-only': ['sw_vers', 'defaults read a', 'networksetup -getwebproxy x'],
    changes: ['defaults write a b', 'open .', 'scutil --set x y', 'networksetup -createnetworkservice a b'],
    dangerous: [
      'diskutil eraseDisk x y z',
      'diskutil apfs deleteContainer disk1',
      'csrutil disable',
      'log erase --all',
    ],
  },
};
