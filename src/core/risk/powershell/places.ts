import { isSecretPath, isWholeSystem as isWholeUnix } from '../paths.ts';

/** What a path on Windows stands for. Paths are compared as written, in lower case, with detours taken out. */

/** Variables that stand for a folder, put in its place. */
const folders: Readonly<Record<string, string>> = {
  '$env:systemdrive': 'c:',
  '$env:homedrive': 'c:',
  '$env:systemroot': 'c:\\windows',
  '$env:windir': 'c:\\windows',
  '$env:programfiles': 'c:\\program files',
  '$env:programdata': 'c:\\programdata',
  '$env:userprofile': 'c:\\users\\me',
  '$env:homepath': '\\users\\me',
  '$env:public': 'c:\\users\\public',
  '%systemdrive%': 'c:',
  '%systemroot%': 'c:\\windows',
  '%windir%': 'c:\\windows',
  '%programfiles%': 'c:\\program files',
  '%programdata%': 'c:\\programdata',
  '%userprofile%': 'c:\\users\\me',
  $home: 'c:\\users\\me',
  '${home}': 'c:\\users\\me',
  '~': 'c:\\users\\me',
};

/** The path in one form: lower case, back slashes, no provider, no `.` and `..`. */
export const tidyWindowsPath = (written: string): string => {
  let path = written
    .toLowerCase()
    .trim()
    .replaceAll('/', '\\')
    .replace(/^["']|["']$/g, '');
  path = path.replace(/^(microsoft\.powershell\.core\\)?(filesystem|registry)::/, '');
  path = path.replace(/^\\\\[?.]\\(?=[a-z]:)/, '').replace(/^\$\{env:(\w+)\}/, '$env:$1');
  path = path.replace(/^hkey_local_machine(?=\\|$)/, 'hklm:').replace(/^hkey_current_user(?=\\|$)/, 'hkcu:');
  path = path.replace(/^hklm(?=\\|$)/, 'hklm:').replace(/^hkcu(?=\\|$)/, 'hkcu:');
  for (const [name, folder] of /^[$%~]/.test(path) ? Object.entries(folders) : []) {
    const rest = path.slice(name.length);
    if (path.startsWith(name) && (rest === '' || rest.startsWith('\\'))) path = folder + rest;
  }
  const isShare = path.startsWith('\\\\');
  const kept: string[] = [];
  for (const part of path.split('\\')) {
    if (part === '..') kept.pop();
    else if (part !== '.' && part !== '') kept.push(part);
  }
  return `${isShare ? '\\\\' : path.startsWith('\\') ? '\\' : ''}${kept.join('\\')}`;
};

/** A word that begins with `/` is a switch of a program more often than a path of Unix. */
const unixTop =
  /^(~|\/$|\/\*|\/(bin|boot|dev|etc|home|lib\w*|opt|root|sbin|srv|usr|var|users|system|library)(\/|$))/i;

/** A drive's root, the system's or the programs' folders, all users or one, or the top of a registry hive. */
export const isWholeWindows = (written: string): boolean => {
  if (unixTop.test(written.trim()) && isWholeUnix(written.trim())) return true;
  const path = tidyWindowsPath(written).replace(/\\(\*|\*\.\*)$/, '');
  return (
    /^[a-z]:$/.test(path) ||
    path === '\\' ||
    path === '*' ||
    /^([a-z]:)?\\?(windows|winnt|program files( \(x86\))?|programdata|users|boot|efi)$/.test(path) ||
    /^[a-z]:\\windows\\(system32|syswow64|winsxs|inf|boot|servicing|system32\\(config|drivers))$/.test(
      path,
    ) ||
    /^[a-z]:\\users\\[^\\]+$/.test(path) ||
    /^(hklm|hkcu|hkcr|hku):?(\\(software|system|sam|security)(\\(microsoft|currentcontrolset|classes)(\\(windows( nt)?|services|control))?)?)?$/.test(
      path,
    ) ||
    /^cert:(\\(localmachine|currentuser)(\\(root|ca|my))?)?$/.test(path)
  );
};

/** What the system itself goes by, below the folders above. */
export const isWindowsOwned = (written: string): boolean => {
  const path = tidyWindowsPath(written);
  return (
    /^([a-z]:)?\\?(windows|winnt|boot|efi)(\\|$)/.test(path) ||
    /^\\\\(\?\\)?(physicaldrive|harddisk|cdrom)/.test(path) ||
    /^[a-z]:\\(bootmgr|ntldr|boot\.ini|pagefile\.sys)$/.test(path) ||
    /^(hklm|hkcu):?\\.*\\(run|runonce|winlogon|image file execution options|lsa|policies)(\\|$)/.test(path) ||
    /^hklm:?\\system\\currentcontrolset\\(services|control)(\\|$)/.test(path) ||
    /\\start menu\\programs\\startup(\\|$)/.test(path) ||
    /\\(microsoft\.)?(powershell|powershell_ise|vscode)?_?profile\.ps1$/.test(path) ||
    /^\$profile(\.|$)/.test(path)
  );
};

const secrets = [
  // A drive of which each item is a variable of the environment.
  /^env:\\?(.*\*.*)?$/,
  /(^|\\)((sam|security|system)\.(bak|save|old|hiv)|ntds\.dit)$/,
  /\\system32\\config(\\(sam|security|system|regback.*))?$/,
  /^hklm:?\\(sam|security)(\\|$)/,
  /\\winlogon$/,
  /\\control\\lsa(\\|$)/,
  /\\(login data|logins\.json|key[34]\.db|cookies(\.sqlite)?|web data|local state)(\.\w+)?$/,
  /\\microsoft\\(credentials|protect|vault|crypto)(\\|$)/,
  /(^|\\)(unattend|autounattend|sysprep)\.(xml|inf)$/,
  /\\groups\.xml$/,
  /consolehost_history\.txt$/,
  /\.(rdg|kdbx|pfx|p12|ppk|jks|keystore|dmp|vnc)$/,
  /(^|\\)(web|app|applicationhost|machine)\.config$/,
  /(^|\\)(appsettings[\w.]*|secrets?|credentials?)\.(json|xml|ya?ml|txt|env|ini|clixml)$/,
  /(^|\\)(passwords?|passwd)(\.\w+)?$/,
];

/** Whether reading this gives a key, a password or a token away. */
export const isWindowsSecret = (written: string): boolean => {
  if (written.length > pathCharsMax || !/[\\/.:~]|passw/i.test(written)) return false;
  const path = tidyWindowsPath(written);
  if (path.startsWith('env:') && isSecretName(path.slice(4).replace(/^\\/, ''))) return true;
  return secrets.some((pattern) => pattern.test(path)) || isSecretPath(written.trim().replaceAll('\\', '/'));
};
/** Windows' own limit for a path with `\\?\`; a longer text is none. */
const pathCharsMax = 32_767;

/** Names of variables that hold what must not be shown. */
export const isSecretName = (name: string): boolean =>
  /(^|_|\b)(password|passwd|pwd|secret|token|api_?key|access_?key|private_?key|credentials?)(_|\b|$)/i.test(
    name,
  ) && !/^pwd$/i.test(name);
