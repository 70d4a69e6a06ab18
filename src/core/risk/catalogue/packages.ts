import type { Family, Rule } from '../rule.ts';
import { named, say } from '../verdicts.ts';

const manager = (reads: string, removes: string, more: Rule['sub'] = {}, rest: Partial<Rule> = {}): Rule => ({
  ...rest,
  sub: { [reads]: 'reads', [removes]: 'removes', ...more, '*': 'installs' },
});
const runs: Rule = { is: say('runsCode', 'runs a program of a package'), noHelp: true };
const removesAll = say('destroys', 'removes software that others may need');

export const packages: Family = {
  rules: {
    'apt apt-get aptitude nala': manager(
      'list show search policy depends rdepends madison changelog showsrc',
      'remove purge autoremove autopurge',
      { 'clean autoclean': 'deletes', '': 'nothing', download: 'installs' },
      {
        values: '-o -c -t --option --target-release',
        turns: { '-s --simulate --dry-run --just-print --no-act --recon -v --version': 'reads' },
        flags: {
          '-o -c --option --config-file': say('unknown', 'changes settings, some of which run programs'),
        },
      },
    ),
    'apt-cache apt-config apt-show-versions deborphan debsums': {
      is: 'reads',
      flags: { '-o -c --option --config-file': 'unknown' },
      check: (call) => (call.operands[0]?.value === 'gencaches' ? [named.writes] : []),
      plain: '--installed --names-only -n -f --full',
    },
    'apt-file': { sub: { 'search list show find': 'reads', '*': 'installs' }, values: '-o -c' },
    'apt-mark': { sub: { 'show*': 'reads', '*': 'writes' } },
    'apt-key add-apt-repository': 'installs',
    dpkg: {
      is: 'installs',
      turns: {
        '-l --list -L --listfiles -s --status -S --search -p --print-avail --get-selections -I --info -c --contents --verify -V --audit -C --print-architecture --compare-versions --version':
          'reads',
        '-r --remove -P --purge': 'removes',
      },
    },
    'dpkg-query dpkg-deb-list': 'reads',
    'dpkg-reconfigure update-alternatives': {
      is: 'writes',
      turns: { '--list --display --query --get-selections': 'reads' },
    },
    'yum dnf microdnf tdnf zypper': manager(
      'list info search repolist provides whatprovides repoquery history check-update updateinfo deplist repoinfo lr se if lu pchk group-list version',
      'remove erase autoremove rm',
      { clean: 'deletes', history: { sub: { '': 'reads', 'list info': 'reads', '*': 'installs' } } },
      {
        values: '-c --config --enablerepo --disablerepo -x --exclude --setopt --installroot --enableplugin',
        flags: { '-c --config --setopt --installroot --enableplugin': 'unknown' },
      },
    ),
    rpm: {
      is: 'installs',
      check: (call) =>
        call.args.some((a) => /^-[a-zA-Z]*[qV]|^--(query|verify|checksig|version)/.test(a.value ?? '')) &&
        !call.args.some((a) =>
          /^-[a-zA-Z]*[UFe]|^--(erase|install|upgrade|import|rebuilddb|pipe|eval)/.test(a.value ?? ''),
        )
          ? []
          : [],
      turns: { '-q --query -V --verify --checksig -K --version': 'reads', '-e --erase': 'removes' },
      values: '--queryformat --qf --root -r --dbpath',
      plain:
        '-a -i -l -f -p -c -d -s -R -v --all --info --list --file --package --configfiles --docfiles --state --requires --provides --obsoletes --conflicts --changelog --scripts --last --whatprovides --whatrequires --nosignature --nodigest',
      flags: { '--pipe --eval -E': 'runsCode', '-U -F -e --erase --import': 'installs' },
    },
    pacman: {
      is: 'installs',
      turns: { '-Q --query -V --version -F --files': 'reads', '-R --remove': 'removes' },
      plain:
        '-i --info -l --list -o --owns -q --quiet -e --explicit -m --foreign -n --native -t --unrequired -d --deps -s --search -k --check -g --groups -x',
      check: () => [],
    },
    apk: manager('info list search policy version stats dot', 'del', { cache: 'writes' }),
    snap: manager('list info find version changes connections services logs', 'remove', { run: runs }),
    flatpak: manager('list info search remotes history', 'uninstall remove', { run: runs }),
    brew: manager(
      'info list ls search deps desc leaves uses outdated missing config options tap-info formulae casks home log fetch cat docs help doctor analytics commands abv homepage',
      'uninstall remove rm',
      {
        '': 'nothing',
        tap: { sub: { '': 'reads', '*': 'installs' } },
        services: { sub: { '': 'reads', 'list info': 'reads', '*': 'services' } },
        analytics: { sub: { '': 'reads', state: 'reads', '*': 'writes' } },
        bundle: { sub: { 'list check': 'reads', '*': 'installs' } },
        'autoremove cleanup': 'removes',
        'sh edit ruby irb': runs,
        'pin unpin link unlink': 'writes',
      },
      {
        turns: {
          '--cache --caskroom --cellar --prefix --repository --repo --env -v --version --config -S': 'reads',
        },
        plain: '--formula --formulae --cask --casks --installed --unbrewed -q -d',
      },
    ),
    npm: manager(
      'ls list ll la view v info show search find s outdated root prefix bin help docs home repo bugs issues ping whoami why explain fund diff doctor query stars pack sbom completion help-search',
      'uninstall remove rm r un unlink prune',
      {
        '': 'nothing',
        audit: { sub: { '': 'reads', signatures: 'reads', fix: 'installs' }, is: 'reads', flags: {} },
        'run run-script test t tst start stop restart exec x init create ci rebuild explore edit': runs,
        'publish unpublish deprecate dist-tag owner team access token login logout adduser profile hook org':
          { is: 'sends', sub: { 'ls list': 'reads', '*': 'sends' } },
        'config c': { sub: { 'list ls get': 'reads', '*': 'writes' } },
        get: 'reads',
        set: 'writes',
        pkg: { sub: { get: 'reads', '*': 'writes' } },
        cache: { sub: { 'ls verify': 'reads', clean: 'deletes', '*': 'writes' } },
        version: { sub: { '': 'reads', '*': 'writes' } },
      },
      { values: '--prefix -C -w --workspace --registry', turns: { '-v --version': 'nothing' } },
    ),
    'pnpm yarn': manager(
      'list ls ll why info outdated audit licenses root bin help versions view',
      'remove rm uninstall prune unlink',
      {
        '': 'installs',
        'run exec dlx test start build dev create node': runs,
        'publish login': 'sends',
        audit: { is: 'reads', flags: { '--fix': 'installs' } },
        config: { sub: { 'list get': 'reads', '*': 'writes' } },
      },
    ),
    'npx bunx uvx pipx-run yarnpkg corepack': runs,
    'pip pipx': manager(
      'list freeze show check search index inspect debug hash help version',
      'uninstall',
      {
        '': 'nothing',
        config: { sub: { 'list get debug': 'reads', '*': 'writes' } },
        cache: { sub: { 'dir info list': 'reads', '*': 'deletes' } },
        'run runpip': runs,
        download: 'installs',
      },
      {
        turns: { '-V --version -h --help': 'nothing' },
        values: '--python --proxy --log',
        flags: { '--log': 'writes', '--python': 'runsCode' },
      },
    ),
    'uv poetry pdm hatch rye conda mamba micromamba pipenv': {
      is: 'installs',
      noHelp: true,
      sub: {
        'version tree show list info search check': 'reads',
        'run exec shell': runs,
        pip: { sub: { 'list show freeze check tree': 'reads', '*': 'installs' } },
        env: { sub: { list: 'reads', '*': 'writes' } },
        publish: 'sends',
        'remove uninstall clean': 'removes',
        '*': 'installs',
      },
    },
    'gem bundle bundler composer cpan cpanm luarocks nuget': {
      is: 'installs',
      sub: {
        'list info search show outdated environment env specification contents check licenses validate diagnose':
          'reads',
        'exec run run-script': runs,
        'uninstall remove cleanup clean': 'removes',
        'push publish': 'sends',
        '*': 'installs',
      },
    },
    cargo: manager(
      'help version info tree metadata search read-manifest locate-project verify-project pkgid --list -V --version',
      'remove uninstall',
      {
        '': 'nothing',
        'run build test bench check clippy doc rustc r b t c fix': runs,
        clean: 'deletes',
        'publish yank login logout owner': 'sends',
        fmt: 'writes',
        'fetch vendor': 'installs',
      },
    ),
    'rustup nvm n fnm pyenv rbenv asdf sdk volta mise': {
      is: 'installs',
      sub: { 'list ls show version versions current which --version': 'reads' },
    },
    'nix nix-env nix-shell nix-build nix-store nixos-rebuild guix': { is: 'installs', noHelp: true },
    'unattended-upgrade unattended-upgrades do-release-upgrade alien debootstrap': 'installs',
    'pacman-key rpm2cpio': 'writes',
    'dpkg-deb': { is: 'writes', turns: { '-c --contents -I --info -f --field': 'reads' } },
    'subscription-manager': { sub: { 'list status identity version': 'reads', '*': 'services' } },
    'rpm-ostree ostree bootc': { is: removesAll, sub: { 'status db': 'reads', '*': 'installs' } },
  },
  examples: {
    'read-only': [
      'apt list --installed',
      'dpkg -l',
      'npm ls',
      'pip list',
      'rpm -qa',
      'brew list',
      'apt-cache policy x',
      'dnf list installed',
      'cargo tree',
      'apt-get -s upgrade',
      'pip --version',
      'npm view x',
    ],
    changes: [
      'apt install x',
      'apt-get -y update',
      'npm i',
      'pip install x',
      'dpkg -i x.deb',
      'yum remove x',
      'npx x --help',
      'npm run x',
      'cargo build',
      'brew services stop x',
      'apt-get -o x=y update',
      'npm audit fix',
      'pip config set a b',
    ],
  },
};
