import type { Verdict } from '../../effect.ts';
import { say } from '../../verdicts.ts';
import { constantOf, shownOf } from '../constant.ts';
import type { CmdletCall, CmdletFamily } from '../rule.ts';

const wordsOf = (call: CmdletCall): string =>
  call.values
    .flatMap((value) => (value.type === 'list' ? value.items : [value]))
    .map((value) => constantOf(value, call.known) ?? shownOf(value))
    .join(' ');

/** Without these the machine stops, or nobody reaches or guards it any more. */
const vitalProcesses =
  /\b(lsass|winlogon|csrss|wininit|smss|services|svchost|system|explorer|msmpeng)\b|(^|\s)[*4](\s|$)/i;
const vitalServices =
  /\b(windefend|mpssvc|wscsvc|sense|eventlog|wuauserv|winrm|termservice|rpcss|dnscache|lanmanserver|lanmanworkstation|dcomlaunch|netlogon|ntds|kdc|vss|samss|bits|wdnissvc|nerdyops[\w-]*)\b|(^|\s)\*/i;

const endsProcess = (call: CmdletCall): readonly Verdict[] =>
  vitalProcesses.test(wordsOf(call)) ? [say('stops', 'ends what the machine needs')] : [];
const stopsService = (call: CmdletCall): readonly Verdict[] =>
  vitalServices.test(wordsOf(call)) ? [say('stops', 'stops what the machine needs or is guarded by')] : [];

const off = /\b(false|0|disabled?)\b|\$false/i;
/** A setting of a guard that is switched off, or told to look away. */
const weakens = (call: CmdletCall): readonly Verdict[] =>
  call.isOpaque ||
  call.parameters.some(
    ({ name, value }) =>
      (/^(disable|exclusion|puaprotection|mapsreporting|submit|enablecontrolled|enablenetwork)/.test(name) &&
        !(value && name.startsWith('disable') && off.test(shownOf(value)))) ||
      /defaultaction$/.test(name),
  )
    ? [say('opens', 'switches off what guards the machine, or tells it to look away')]
    : [];

const guardsDown = (call: CmdletCall): readonly Verdict[] =>
  call.parameters.some(({ name, value }) => /^en/.test(name) && value && off.test(shownOf(value))) ||
  call.parameters.some(
    ({ name, value }) => /^defaultinbound/.test(name) && /allow/i.test(value ? shownOf(value) : ''),
  )
    ? [say('opens', 'opens the firewall')]
    : [];

const joinsAdmins = (call: CmdletCall): readonly Verdict[] =>
  /\b(administrators|domain admins|enterprise admins|schema admins|backup operators|s-1-5-32-544)\b/i.test(
    wordsOf(call),
  )
    ? [say('opens', 'makes somebody an administrator')]
    : [];

const gone = say('destroys', 'removes something that nothing brings back');
const disk = say('destroys', 'wipes or repartitions a disk');
const account = say('opens', 'removes or locks out an account');

/** Cmdlets for the machine as a whole. */
export const system: CmdletFamily = {
  rules: {
    'stop-computer restart-computer suspend-computer': 'stops',
    'stop-process': { is: say('kills', 'ends processes'), check: endsProcess },
    'stop-service suspend-service restart-service set-service': {
      is: say('services', 'stops or changes a service'),
      check: stopsService,
    },
    'format-volume clear-disk initialize-disk remove-partition reset-physicaldisk remove-virtualdisk remove-storagepool remove-physicaldisk remove-volume resize-partition set-disk clear-storagediagnosticinfo remove-storagetier':
      disk,
    'remove-service clear-eventlog remove-eventlog limit-eventlog remove-winevent clear-winevent': gone,
    'remove-vm remove-vmsnapshot remove-vhd remove-vmharddiskdrive remove-vmcheckpoint restore-vmsnapshot restore-vmcheckpoint remove-iscsivirtualdisk remove-clustervirtualmachinerole remove-cluster remove-clusternode remove-clustersharedvolume remove-database remove-dfsreplicationgroup remove-dnsserverzone remove-gpo remove-website remove-iissite remove-webapppool remove-azvm remove-azresourcegroup remove-azstorageaccount remove-wbbackupset remove-wbpolicy remove-mailbox remove-computerrestorepoint remove-wmiobject remove-ciminstance reset-computermachinepassword':
      gone,
    'remove-aduser remove-adgroup remove-adcomputer remove-adobject remove-adorganizationalunit remove-adgroupmember remove-addomaincontroller uninstall-addsdomaincontroller disable-adaccount remove-localuser remove-localgroup disable-localuser remove-adforest remove-adtrust set-adaccountpassword remove-computer':
      account,
    'add-localgroupmember add-adgroupmember add-adprincipalgroupmembership': {
      is: 'permissions',
      check: joinsAdmins,
    },
    'set-localuser new-localuser enable-localuser set-aduser new-aduser unlock-adaccount enable-adaccount new-localgroup set-localgroup':
      'permissions',
    'set-mppreference add-mppreference': {
      is: say('services', 'changes what guards the machine'),
      check: weakens,
    },
    'remove-mpthreat remove-mppreference update-mpsignature start-mpscan start-mpwdoscan': 'services',
    'set-netfirewallprofile set-netfirewallsetting': {
      is: say('services', 'changes the firewall'),
      check: guardsDown,
    },
    'disable-bitlocker disable-bitlockerautounlock clear-bitlockerautounlock remove-bitlockerkeyprotector clear-tpm disable-computerrestore suspend-bitlocker unprotect-adfscertificate':
      say('opens', 'takes away what protects the machine'),
    'remove-netfirewallrule disable-netfirewallrule': {
      is: say('services', 'changes the firewall'),
      check: (call) =>
        call.has('all') || (call.values.length === 0 && !call.isFed)
          ? [say('opens', 'takes all rules of the firewall away')]
          : [],
    },
    'disable-netadapter': say('stops', 'cuts the machine off the network'),
    'debug-process': say('kills', 'takes hold of a process'),
    'uninstall-windowsfeature remove-windowsfeature disable-windowsoptionalfeature remove-appxpackage remove-windowspackage remove-windowscapability remove-appxprovisionedpackage':
      'removes',
    'install-windowsfeature add-windowsfeature enable-windowsoptionalfeature add-appxpackage add-windowspackage add-windowscapability':
      'installs',
    'register-scheduledtask register-scheduledjob new-scheduledtask set-scheduledtask': say(
      'services',
      'has something run later',
    ),
    'split-windowsimage join-wmsstation test-cluster': 'writes',
  },
  examples: {
    changes: [
      'Stop-Service Spooler',
      'Restart-Service -Name w3svc',
      'Stop-Process -Name notepad',
      'Set-Service x -StartupType Manual',
      'New-LocalUser bob -NoPassword',
      'Install-WindowsFeature Web-Server',
      'Set-MpPreference -ScanScheduleDay 1',
      'Set-MpPreference -DisableRealtimeMonitoring $false',
      'Get-Service x | Start-Service',
      'Enable-Thing',
      'Frobnicate-Thing x',
      'Restart-VM web1 -WhatIf',
    ],
    dangerous: [
      'Stop-Computer -Force',
      'Restart-Computer',
      'Format-Volume -DriveLetter D',
      'Get-Disk 1 | Clear-Disk -RemoveData -Confirm:$false',
      'Clear-EventLog -LogName System',
      'Stop-Process -Name lsass -Force',
      'Set-MpPreference -DisableRealtimeMonitoring $true',
      'Add-MpPreference -ExclusionPath C:\\',
      'Set-NetFirewallProfile -All -Enabled False',
      'Remove-ADUser bob',
      'Remove-VM web1',
      'Stop-Service WinDefend',
      'Add-LocalGroupMember -Group Administrators -Member bob',
      'Disable-NetAdapter -Name Ethernet',
      'Get-Process | Stop-Process',
      'Stop-Service *',
      'Get-VM | Remove-Thing',
      'Remove-NetFirewallRule -All',
    ],
  },
};
