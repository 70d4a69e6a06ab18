import { Effect, Risk, type Verdict } from './effect.ts';
import { say } from './verdicts.ts';

/** Variables that load code into whatever starts next. */
const loads =
  /^(LD_(PRELOAD|LIBRARY_PATH|AUDIT)|DYLD_\w+|BASH_ENV|ENV|BASH_FUNC_.*|PYTHONSTARTUP|PYTHONPATH|PYTHONHOME|PERL5OPT|PERL5LIB|PERL5DB|RUBYOPT|RUBYLIB|NODE_OPTIONS|NODE_PATH|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|LUA_INIT|PROMPT_COMMAND|GCONV_PATH)$/;
/** Variables that name a program, or a file that names one. */
const names =
  /^(PATH|CDPATH|EXECIGNORE|FPATH|SHELL|SHELLOPTS|BASHOPTS|PS[0-4]|IFS|LD_\w+|GIT_(?!(AUTHOR|COMMITTER)_|OPTIONAL_LOCKS|TERMINAL_PROMPT|PAGER_IN_USE)\w+|\w*PAGER|\w*EDITOR|VISUAL|BROWSER|LESSOPEN|LESSCLOSE|LESS|MORE|RIPGREP_CONFIG_PATH|SSH_ASKPASS|SUDO_ASKPASS|RSYNC_RSH|CVS_RSH|DOCKER_HOST|PSQLRC|MAKEFLAGS|MAKEFILES|TAR_OPTIONS|GREP_OPTIONS|XDG_\w+|HOME|HISTFILE|WGETRC|CURL_HOME|AWS_CONFIG_FILE|KUBE_EDITOR|SYSTEMD_LESS|TERMINFO|PYTHON\w+|npm_config_\w+|PIP_\w+|http_proxy|https_proxy|HTTPS?_PROXY|ALL_PROXY|CARGO_\w+|RUSTC\w*|CC|CXX)$/;
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
  if (name === 'IFS') return /^[^\w-]*$/.test(value);
  if (/PAGER$/.test(name)) return onlyShows.test(value);
  return name === 'LESS' || name === 'PYTHONUNBUFFERED' || name === 'PYTHONIOENCODING'
    ? /^[\w:-]*$/.test(value)
    : false;
};
