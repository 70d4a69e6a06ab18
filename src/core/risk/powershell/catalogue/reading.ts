import type { Verdict } from '../../effect.ts';
import { named, say } from '../../verdicts.ts';
import { constantOf, shownOf, valueIn } from '../constant.ts';
import { isWindowsSecret, tidyWindowsPath } from '../places.ts';
import type { CmdletCall, CmdletFamily } from '../rule.ts';
import type { Expression } from '../tree.ts';

/** A name that is looked up elsewhere can carry what the script has read, a letter at a time. */
const lookUp = (call: CmdletCall): readonly Verdict[] => {
  const isComposed = call.values.some(
    (value) => isPutTogether(value) && constantOf(value, call.known) === null,
  );
  return isComposed ? [say('sends', 'asks for a name that is put together from what it read')] : [];
};

/** A sum, or a text with a command's output or the environment in it. */
const isPutTogether = (value: Expression): boolean => {
  if (value.type === 'operation') return true;
  if (value.type === 'group') {
    const inner = valueIn(value.statements[0]);
    return inner !== null && isPutTogether(inner);
  }
  if (value.type !== 'string' && value.type !== 'word') return false;
  return value.parts.some(
    (part) => part.type === 'group' || (part.type === 'variable' && part.name.startsWith('env:')),
  );
};

/** The registry and the environment show values where a folder shows names. */
const hive = (call: CmdletCall): readonly Verdict[] => {
  const secret = call.values
    .map((value) => constantOf(value, call.known) ?? shownOf(value))
    .find((text) => /^(hk|env:)/.test(tidyWindowsPath(text)) && isWindowsSecret(text));
  return secret === undefined ? [] : [say('secrets', `reads the secret ${secret}`)];
};

const passwords = (call: CmdletCall): readonly Verdict[] => {
  const asked = call.values.some((value) =>
    /ms-?mcs-?admpwd|laps-?(encrypted)?password|unixuserpassword/i.test(shownOf(value)),
  );
  return asked ? [named.secrets] : [];
};

/** Cmdlets that only look, where the verb says too little or too much. */
export const reading: CmdletFamily = {
  rules: {
    'select-object sort-object group-object measure-object compare-object get-unique join-string join-path split-path convert-path out-string out-null out-host out-default format-table format-list format-wide format-custom write-output write-host write-error write-warning write-verbose write-debug write-information write-progress convertto-json convertto-csv convertto-xml convertto-html convertto-securestring convertfrom-json convertfrom-csv convertfrom-stringdata convertfrom-string convertfrom-sddlstring convertfrom-markdown get-member add-member new-timespan new-guid new-cimsessionoption new-pssessionoption new-pstransportoption new-wsmansessionoption new-jobtrigger new-scheduledtaskaction new-scheduledtasktrigger new-scheduledtaskprincipal new-scheduledtasksettingsset set-strictmode set-psdebug set-location push-location pop-location start-sleep clear-host read-host clear-variable remove-variable remove-typedata remove-job remove-cimsession remove-pssession stop-job stop-transcript out-gridview show-command add-history clear-history pause exit-pssession':
      'nothing',
    'format-hex select-string select-xml import-csv import-clixml import-localizeddata import-powershelldatafile measure-command receive-job wait-job wait-process get-content get-itemproperty get-itempropertyvalue search-adaccount find-package find-module find-script':
      'reads',
    'test-path get-acl get-filehash resolve-path get-authenticodesignature get-pfxdata get-pfxcertificate': {
      is: say('reads', 'looks at what is there, not into it'),
      namesOnly: true,
    },
    'get-item get-childitem': { is: 'reads', namesOnly: true, check: hive },
    'get-adcomputer get-aduser get-adobject': { is: 'reads', check: passwords },
    'resolve-dnsname test-connection test-netconnection': {
      is: say('reads', 'asks the network'),
      check: lookUp,
    },
    'get-credential convertfrom-securestring get-lapsadpassword get-lapsaadpassword get-admpwdpassword get-secret get-secretinfo get-storedcredential get-vaultcredential get-azkeyvaultsecret get-gpppassword get-keystrokes get-clipboard get-psreadlinehistory':
      'secrets',
    'get-windowsupdatelog get-clusterlog get-clusterdiagnosticinfo get-storagediagnosticinfo get-windowsupdate get-wuinstall search-mailbox':
      say('writes', 'may store or change what it finds'),
    'confirm-securebootuefi': 'reads',
    'start-transcript': say('writes', 'writes down all that is printed'),
    'set-variable new-variable': {
      is: 'nothing',
      check: (call) => {
        const name = call.text('name', 0);
        const isPlain =
          name !== null && /^[a-z]\w*$/i.test(name) && !/^(ps|env|error|input|executioncontext)/i.test(name);
        return isPlain ? [] : [say('unknown', 'sets a variable by which other commands may go')];
      },
    },
    'get-psdrive get-package get-host get-history get-command get-help get-module': 'reads',
    'import-module': {
      is: say('reads', 'takes in an installed module'),
      check: (call) => {
        const names = call.values.map((value) => constantOf(value, call.known));
        const isInstalled = names.every(
          (name) =>
            name !== null && /^[\w-]+(\.[\w-]+)*$/.test(name) && !/\.(ps[md]?1|dll|cdxml)$/i.test(name),
        );
        return isInstalled ? [] : [say('runsCode', 'takes in a module by its path')];
      },
    },
  },
  examples: {
    'read-only': [
      'Get-Process | Sort-Object CPU -Descending | Select-Object -First 5 Name, CPU',
      'Get-Service | Where-Object { $_.Status -eq "Running" } | Format-Table Name,Status -AutoSize',
      'Get-ChildItem -Path C:\\Logs -Recurse -Filter *.log | Measure-Object -Property Length -Sum',
      'Get-EventLog -LogName System -Newest 20 | fl TimeGenerated, Message',
      'Test-NetConnection -ComputerName web1 -Port 443',
      'Get-CimInstance Win32_OperatingSystem -ComputerName db1, db2',
      'Import-Module ActiveDirectory; Get-ADUser -Filter * -Properties LastLogonDate',
      'Get-Content C:\\app\\log.txt -Tail 50 | Select-String -Pattern "error"',
      'Get-Item C:\\certs\\site.pfx',
      'Write-Host "done" > $null',
      '$free = (Get-PSDrive C).Free / 1GB; "{0:N1} GB" -f $free',
    ],
    changes: [
      'Get-Credential',
      'Get-LapsADPassword PC1',
      'Resolve-DnsName "$(hostname).example.com"',
      'Get-ChildItem HKLM:\\SAM',
      'Get-ADComputer PC1 -Properties ms-Mcs-AdmPwd',
      'Get-Foo -OutFile x.txt',
      'Get-Foo @unknown',
      'Import-Module .\\x.psm1',
      'Start-Transcript C:\\t.txt',
      'Set-Variable PSDefaultParameterValues 5',
    ],
    dangerous: [
      'Get-Content C:\\Users\\a\\.ssh\\id_rsa',
      'Get-ItemProperty "HKLM:\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon"',
    ],
  },
};
