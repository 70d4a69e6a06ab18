/**
 * Verbs that change something, in four languages. Two requests whose verbs differ are different requests however
 * many nouns they share, so a runbook fits only when its verbs are the request's verbs. Words are written as the
 * tokenizer folds them. Participles ("stopped containers") are states and stand in no list.
 */
const forms: Record<string, string> = {
  start: `start launch boot startup demarre demarrer demarrez lance lancer lancez starte starten hochfahren`,
  stop: `stop halt arrete arreter arretez stoppe stoppen stopper stoppez anhalten halte`,
  restart: `restart restarting bounce relaunch redemarre redemarrer redemarrez redemarrage relance relancer relancez
    neustart neustarten neugestartet durchstarten`,
  reload: `reload rehash recharge recharger rechargez neuladen`,
  reboot: `reboot rebooting reboote rebooten reboots`,
  poweroff: `shutdown poweroff eteins eteindre eteignez herunterfahren runterfahren`,
  kill: `kill terminate sigkill sigterm tue tuer tuez toten tote abschiessen`,
  end: `end quit termine terminer terminez beende beenden`,
  delete: `delete remove erase drop unlink rm del rmdir supprime supprimer supprimez efface effacer effacez enleve enlever
    losche loschen entferne entfernen`,
  clean: `clear clean cleanup flush purge prune wipe truncate shred vacuum vide vider videz nettoie nettoyer nettoyez purger
    leere leeren bereinige bereinigen aufraumen raume saubern`,
  install: `install reinstall installe installer installez installiere installieren`,
  uninstall: `uninstall desinstalle desinstaller deinstalliere deinstallieren`,
  update: `update upgrade patch maj actualise actualiser aktualisiere aktualisieren upgraden updaten`,
  enable: `enable activate activer activez aktiviere aktivieren einschalten`,
  disable: `disable deactivate desactive desactiver desactivez deaktiviere deaktivieren ausschalten abschalten`,
  create: `create add make insert cree creer creez ajoute ajouter ajoutez erstelle erstellen anlegen hinzufugen`,
  change: `change set modify edit configure rename move replace reset resize extend increase decrease reduce chmod chown
    alter adjust tune convert modifie modifier change changer changez configurer renomme deplace remplace
    synchronisiere synchronisieren synchroniser synchronisez setze setzen verschiebe umbenennen konfiguriere schreibe schreiben`,
  copy: `copy clone duplicate mirror copie copier kopiere kopieren`,
  send: `send upload push publish post mail email deploy rollback migrate export import envoie envoyer envoyez sende
    senden schicke schicken deploie deployer`,
  fetch: `download pull install-from curl wget telecharge telecharger herunterladen`,
  backup: `backup archive dump sauvegarde sauvegarder sichere sichern`,
  restore: `restore recover revert restaure restaurer wiederherstellen`,
  block: `block ban deny revoke lock bloque bloquer sperre sperren blockiere blockieren`,
  allow: `allow grant unblock unban permit unlock autorise autoriser erlaube erlauben entsperren ouvre ouvrir
    ouvrez offne offnen`,
  mount: `mount monte monter einhangen mounten`,
  unmount: `unmount umount eject demonte demonter aushangen`,
  format: `format mkfs partition formate formater formatiere formatieren`,
  suspend: `suspend pause freeze hibernate suspends mettre-en-pause pausiere pausieren`,
  resume: `resume unpause continue reprends reprendre fortsetzen`,
  renew: `renew rotate renouvelle renouveler erneuere erneuern`,
  scale: `scale rescale skaliere skalieren`,
  abort: `abort cancel interrupt annule annuler abbrechen`,
  connect: `disconnect attach detach register unregister enroll join`,
  convert: `encrypt decrypt compress decompress extract unzip zip defragment repariere reparieren verschlussele verschlusseln
    chiffre chiffrer repare reparer`,
  obtain: `obtain generate`,
};

/** Korean verbs are found by their stem; the endings are many. Longer stems first: 재시작 holds 시작. */
const koreanStems: readonly (readonly [stem: string, action: string])[] = [
  ['재시작', 'restart'],
  ['재기동', 'restart'],
  ['재실행', 'restart'],
  ['재부팅', 'reboot'],
  ['리부트', 'reboot'],
  ['리부팅', 'reboot'],
  ['비활성', 'disable'],
  ['활성화', 'enable'],
  ['강제종료', 'kill'],
  ['시작', 'start'],
  ['기동', 'start'],
  ['켜', 'start'],
  ['실행해', 'start'],
  ['실행시', 'start'],
  ['중지', 'stop'],
  ['정지', 'stop'],
  ['중단', 'stop'],
  ['멈춰', 'stop'],
  ['멈추', 'stop'],
  ['꺼', 'stop'],
  ['끄', 'stop'],
  ['종료', 'end'],
  ['죽여', 'kill'],
  ['죽이', 'kill'],
  ['킬', 'kill'],
  ['삭제', 'delete'],
  ['지워', 'delete'],
  ['지우', 'delete'],
  ['제거', 'delete'],
  ['설치', 'install'],
  ['업데이트해', 'update'],
  ['업그레이드', 'update'],
  ['갱신', 'renew'],
  ['생성', 'create'],
  ['만들', 'create'],
  ['추가', 'create'],
  ['변경', 'change'],
  ['바꿔', 'change'],
  ['바꾸', 'change'],
  ['수정', 'change'],
  ['설정해', 'change'],
  ['동기화해', 'change'],
  ['암호화', 'convert'],
  ['압축', 'convert'],
  ['비워', 'clean'],
  ['비우', 'clean'],
  ['정리', 'clean'],
  ['청소', 'clean'],
  ['포맷', 'format'],
  ['초기화', 'change'],
  ['복구', 'restore'],
  ['복원', 'restore'],
  ['백업', 'backup'],
  ['차단', 'block'],
  ['허용', 'allow'],
  ['배포', 'send'],
  ['보내', 'send'],
  ['전송해', 'send'],
  ['복사', 'copy'],
  ['취소', 'abort'],
];
/** 중지된, 시작됐어, 설치되어: a state, not an order. 실행 중 is a state as well. */
const koreanState = /켜져|꺼져|켜진|꺼진|된|됐|되어|되었|되나|돼|중인|중이/;

/** What a word may mean; `end` is said of services and of processes alike. */
const meanings: Record<string, readonly string[]> = { end: ['stop', 'kill'], poweroff: ['poweroff', 'stop'] };

const byForm = new Map<string, string>();
for (const [action, text] of Object.entries(forms)) {
  for (const form of text.trim().split(/\s+/)) byForm.set(form, action);
}

/** What a word orders, null when it orders nothing. `word` is folded; `accented` is the same with its accents. */
export const actionOf = (word: string, accented: string): string | null => {
  if (/[가-힣]/.test(word)) {
    if (koreanState.test(word)) return null;
    return koreanStems.find(([stem]) => word.startsWith(stem))?.[1] ?? null;
  }
  // A French participle: "arrêté" folds to the imperative of "arrête".
  if (/ée?s?$/.test(accented)) return null;
  return byForm.get(word) ?? null;
};

/** All that a verb may mean. */
export const meaningsOf = (action: string): readonly string[] => meanings[action] ?? [action];

/** True when each verb of one side may mean a verb of the other side. None and none agree. */
export const actionsAgree = (a: readonly string[], b: readonly string[]): boolean => {
  const meets = (one: string, all: readonly string[]): boolean =>
    all.some((other) => meaningsOf(other).some((m) => meaningsOf(one).includes(m)));
  return a.every((one) => meets(one, b)) && b.every((one) => meets(one, a));
};
