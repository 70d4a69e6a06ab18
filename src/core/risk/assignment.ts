import { Effect, Risk, type Verdict } from './effect.ts';
import { say } from './verdicts.ts';

/** Variables that load code into whatever starts next. */
const loads =
  /^(LD_(PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_\w+|BASH_ENV|ENV|BASH_FUNC_.*|PYTHONSTARTUP|PYTHONPATH|PYTHONHOME|PERL5OPT|PERL5LIB|PERL5DB|RUBYOPT|RUBYLIB|NODE_OPTIONS|NODE_PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|LUA_INIT|PROMPT_COMMAND|GCONV_PATH|LOCPATH|GLIBC_TUNABLES|JDK_JAVA_OPTIONS|BASH_LOADABLES_PATH|OPENSSL_(CONF|ENGINES|MODULES)|VIMINIT|EXINIT|ZDOTDIR|PERLLIB|EMACSLOADPATH|ERL_\w*FLAGS|GEM_(HOME|PATH)|BUNDLE_GEMFILE)$/;
/** Variables that name a program, or a file that names one. */
const names =
  /^(PATH|CDPATH|EXECIGNORE|FPATH|SHELL|SHELLOPTS|BASHOPTS|PS[0-4]|IFS|LD_\w+|GIT_(?!(AUTHOR|COMMITTER)_|OPTIONAL_LOCKS|TERMINAL_PROMPT|PAGER_IN_USE)\w+|\w*PAGER|\w*EDITOR|VISUAL|BROWSER|LESSOPEN|LESSCLOSE|LESS|MORE|RIPGREP_CONFIG_PATH|SSH_ASKPASS|SUDO_ASKPASS|RSYNC_RSH|CVS_RSH|DOCKER_HOST|PSQLRC|MAKEFLAGS|MAKEFILES|TAR_OPTIONS|GREP_OPTIONS|XDG_\w+|HOME|HISTFILE|WGETRC|CURL_HOME|AWS_CONFIG_FILE|KUBE_EDITOR|SYSTEMD_LESS|TERMINFO|PYTHON\w+|npm_config_\w+|PIP_\w+|http_proxy|https_proxy|HTTPS?_PROXY|ALL_PROXY|CARGO_\w+|RUSTC\w*|CC|CXX|CLASSPATH|HOSTALIASES|LESSKEY\w*|KUBECTL_EXTERNAL_DIFF|KUBECONFIG|GO[A-Z]+|PG(PASSFILE|SERVICEFILE|SYSCONFDIR)|MYSQL_HOME|GNUPGHOME|SSLKEYLOGFILE|SSH_(?!CONNECTION|CLIENT|TTY)\w+|ANSIBLE_\w+|TF_CLI_CONFIG_FILE|FZF_DEFAULT_\w+|BASH_XTRACEFD|INPUTRC|FCEDIT|FIGNORE|GLOBIGNORE|POSIXLY_CORRECT|SCREENRC|TMUX_TMPDIR|MANOPT|XZ_(OPT|DEFAULTS)|GZIP|ZSTD_\w+|BORG_\w+|RSYNC_\w+|DBUS_SESSION_BUS_ADDRESS|(DOCKER|CONTAINER)_(HOST|CONFIG)|BAT_\w+|JQ_\w+|SYSTEMD_\w*(EDITOR|PAGER|LESS))$/;
/** Variables whose text is itself run as a command. */
const commands =
  /^(\w*PAGER|\w*EDITOR|VISUAL|BROWSER|PROMPT_COMMAND|GIT_(SSH_COMMAND|SSH|ASKPASS|EXTERNAL_DIFF|PROXY_COMMAND)|\w*_RSH|RSYNC_\w*PROG|\w*ASKPASS|KUBECTL_EXTERNAL_DIFF|FZF_DEFAULT_COMMAND|FCEDIT|RUSTC_WRAPPER|CC|CXX|BASH_FUNC_.*)$/;
const onlyShows = /^(|cat|less|more|\/bin\/cat|\/usr\/bin\/cat|true|:)$/;
const systemPath = /^(\$\{?PATH\}?|\/(usr\/)?(local\/)?s?bin|\/opt\/homebrew\/s?bin|\/snap\/bin)$/;

/**
 * What setting a variable changes. A value that is not known before the run is null; `text` is how it is written.
 */
export const assignmentVerdicts = (name: string, value: string | null, text: string): readonly Verdict[] => {
  if (loads.test(name) && value !== '')
    return [{ risk: Risk.dangerous, effects: [Effect.unknown], why: `sets ${name}, which loads code` }];
  if (names.test(name) && !isHarmless(name, value, text))
    return [say('unknown', `sets ${name}, which changes what runs`)];
  // Arithmetic, `${!x}` and `${x@P}` run what they find in a variable.
  if (value !== null && /\$\(|`|\$\{/.test(value))
    return [say('unknown', `keeps a text with a command in it in ${name}`)];
  return [];
};

const isHarmless = (name: string, value: string | null, text: string): boolean => {
  if (name === 'PATH')
    return text
      .replace(/["']/g, '')
      .split(':')
      .every((part) => systemPath.test(part));
  if (value === null) return false;
  if (name === 'KUBECONFIG')
    return /^(\/etc|\/var\/lib|\/root\/\.kube|\/home\/[^/]+\/\.kube)\/(?!.*\.\.)/.test(value);
  if (name === 'GOPATH' || name === 'GOOS' || name === 'GOARCH') return true;
  if (name === 'IFS') return /^[^\w-]*$/.test(value);
  if (/PAGER$/.test(name)) return onlyShows.test(value);
  return name === 'LESS' || name === 'PYTHONUNBUFFERED' || name === 'PYTHONIOENCODING'
    ? /^[\w:-]*$/.test(value)
    : false;
};

/** Whether what is kept under this name is run by the shell or by a program. */
export const isCommandVariable = (name: string): boolean => commands.test(name);

/** Variables of the environment that say where one is and how, and nothing that must be kept. */
export const isPublicVariable = (name: string): boolean =>
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|TERM|LANG|LANGUAGE|LC_\w+|TZ|HOSTNAME|EDITOR|PAGER|TMPDIR|DISPLAY|XDG_\w+|SHLVL|COLUMNS|LINES|(HTTP|HTTPS|NO)_PROXY|(http|https|no)_proxy|JAVA_HOME|GOPATH|NODE_ENV|KUBECONFIG|AWS_(PROFILE|REGION|DEFAULT_REGION)|UID|EUID)$/.test(
    name,
  );
