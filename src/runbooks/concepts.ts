import { stem } from './stem.ts';

/**
 * What people call the same thing, in four languages and in the ways that each of them has: the vocabulary of the
 * domain, not of any runbook. A request and an example meet in the concept, whatever words they use, so an
 * example in one language also helps the requests of the others. Words are written as the tokenizer folds them.
 */
const synonyms: Record<string, string> = {
  memory: `memory mem ram memoire speicher arbeitsspeicher hauptspeicher 메모리 램`,
  usage: `usage utilisation utilization consumption consumer consumers consuming consume consumes auslastung ausgelastet
    verbrauch belegung belegt nutzung consommation consomme consomment consommateurs
    statistics statistiques statistik statistiken 통계 사용 사용량 사용률 사용율 점유율 소비량`,
  cpu: `cpu cpus processor processors processeur processeurs prozessor prozessors prozessoren 프로세서 씨피유`,
  disk: `disk disks disc hdd ssd drive drives filesystem filesystems disque disques platte platten festplatte festplatten
    laufwerk laufwerke dateisystem dateisysteme 디스크 하드 하드디스크 파일시스템`,
  space: `space storage capacity espace place stockage capacite platz kapazitat 공간 용량`,
  free: `free left remaining available unused libre libres disponible disponibles reste restant restante frei freie freien
    freier freies ubrig verfugbar verfugbare verfugbaren 남은 남았 남아 여유 잔여`,
  network: `network networks reseau reseaux netzwerk netz 네트워크`,
  connection: `connection connections connectivity connexion connexions connectivite verbindung verbindungen 연결`,
  user: `user users utilisateur utilisateurs benutzer nutzer 사용자 유저`,
  login: `logged login logins logon eingeloggt eingeloggte eingeloggten angemeldet angemeldete angemeldeten anmeldung
    anmeldungen 로그인 로그인한`,
  session: `session sessions sitzung sitzungen 세션`,
  process: `process processes proc procs processus prozess prozesse prozessen prozesses 프로세스`,
  pid: `pid pids`,
  service: `service services daemon daemons unit units demon demons dienst dienste diensten dienstes 서비스 데몬`,
  running: `running runs working works fonctionne fonctionnent marche funktioniert tourne tournent tournant lauft laufen laufend laufende laufenden laufender`,
  active: `active actif actifs actives aktiv aktive aktiven 활성`,
  failed: `failed failing fail failure failures broken crashed echec echoue echoues plante plantes fehlgeschlagen
    fehlgeschlagene fehlgeschlagenen kaputt kaputte ausgefallen ausgefallene abgesturzt abgesturzte 실패 실패한`,
  error: `error errors err erreur erreurs fehler 오류 에러`,
  log: `log logs logfile logfiles journal journaux protokoll protokolle 로그 저널`,
  line: `line lines entry entries eintrag eintrage entree entrees ligne lignes zeile zeilen`,
  port: `port ports 포트`,
  listen: `listen listening listens listener listeners ecoute ecoutent lauschen lauscht lauschende lauschenden lauschend 리스닝 리슨`,
  open: `open ouvert ouverte ouverts ouvertes offen offene offenen offener 열린 열려`,
  container: `container containers conteneur conteneurs containern 컨테이너`,
  docker: `docker 도커`,
  certificate: `certificate certificates cert certs certificat certificats zertifikat zertifikate zertifikats zertifikates 인증서`,
  ssl: `ssl tls https`,
  expiry: `expire expires expiry expiration expiring ablauf ablaufen ablaufdatum 만료 만료일`,
  address: `address addresses addr adresse adresses adressen 주소`,
  domain: `domain domains domaine domaines domane 도메인`,
  hostname: `hostname hostnames hostnamen rechnername 호스트명 호스트네임`,
  version: `version versions release releases 버전`,
  kernel: `kernel noyau 커널`,
  os: `os betriebssystem betriebssystems distribution distro 운영체제`,
  hardware: `hardware materiel 하드웨어 사양 specs`,
  core: `core cores kern kerne kernen coeur coeurs 코어`,
  architecture: `architecture architektur arch 아키텍처`,
  update: `updates upgrades upgradable upgradeable upgraded patches 업데이트`,
  package: `package packages paquet paquets paket pakete paketen 패키지`,
  security: `security securite sicherheit 보안`,
  file: `file files fichier fichiers datei dateien 파일`,
  directory: `directory directories subdirectory subdirectories dir dirs folder folders dossier dossiers repertoire repertoires ordner
    verzeichnis verzeichnisse verzeichnissen 디렉터리 디렉토리 폴더`,
  largest: `largest biggest large larger big bigger huge gros grosse grosses grossen grosste grossten volumineux 큰 커`,
  most: `most top highest heaviest hungriest greediest meisten hochste hochsten gourmand gourmands gourmande gourmandes
    상위 제일 많이 높은 가장`,
  cron: `cron crontab crontabs 크론 크론탭`,
  job: `job jobs task tasks tache taches aufgabe aufgaben 작업`,
  scheduled: `scheduled schedule planifie planifies planifiee planifiees geplant geplante geplanten 예약 예약된`,
  load: `load charge 부하`,
  firewall: `firewall firewalls 방화벽`,
  rule: `rule rules regle regles regel regeln 규칙`,
  interface: `interface interfaces schnittstelle schnittstellen 인터페이스`,
  card: `card cards carte cartes karte karten`,
  gateway: `gateway gateways passerelle passerelles 게이트웨이`,
  activity: `activity activite aktivitat`,
  swap: `swap swapping swapped swappe geswappt 스왑`,
  ping: `ping pings pinge pingt pinging 핑`,
  latency: `latency latence latenz 지연`,
  reachable: `reachable reach joignable atteindre erreichbar`,
  resource: `resource resources ressource ressources ressourcen 리소스 자원`,
  status: `status state statut etat zustand 상태 현황`,
  config: `config configuration configurations conf konfiguration konfig settings einstellungen 설정`,
  search: `search searching cherche chercher recherche rechercher trouve trouver such suche suchen finde finden
    찾아 찾기 찾아서 검색`,
  named: `named called matching match matches containing contains namens nomme nommes nommee appele appeles heisst heissen`,
  time: `time heure zeit uhrzeit 시간 시각`,
  clock: `clock uhr horloge systemuhr 시계`,
  timezone: `timezone zeitzone 시간대 타임존`,
  synchronised: `sync synced synchron synchronized synchronised synchronization synchronisation synchronise synchronisee
    synchrone synchronisiert zeitsynchronisation 동기화`,
  recent: `recent recently latest newest today morning recent recents recente recentes aujourd heute kurzlich neueste neuesten
    오늘 최근`,
};

/** Words that say two things at once and are no compound of their parts: a "Speicherplatz" is on a disk. */
const twofold: Record<string, readonly string[]> = {
  speicherplatz: ['disk', 'space'],
  speicherplatzes: ['disk', 'space'],
  zeitsynchronisation: ['time', 'synchronised'],
  하드용량: ['disk', 'space'],
};

/** Halves of compounds that mean something else, or nothing, when they stand alone ("last" is English as well). */
const onlyInCompounds: Record<string, readonly string[]> = {
  last: ['load'],
  liste: [],
  ubersicht: [],
  info: [],
  infos: [],
  informationen: [],
  daten: [],
  namen: [],
};

/** Shorter words are the stems of too many others. */
const stemmedCharsMin = 6;
/** An imperative is no participle: to "run" something is not to ask what is "running". */
const stemCharsMin = 4;

const byWord = new Map<string, readonly string[]>(Object.entries(twofold));
const byStem = new Map<string, readonly string[]>();
for (const [concept, text] of Object.entries(synonyms)) {
  for (const word of text.trim().split(/\s+/)) {
    if (!byWord.has(word)) byWord.set(word, [concept]);
    if (word.length >= stemmedCharsMin && stem(word).length >= stemCharsMin && !byStem.has(stem(word)))
      byStem.set(stem(word), [concept]);
  }
}

/** All words that mean a concept, for correcting typing mistakes. */
export const conceptWords: readonly string[] = [...byWord.keys()];

const simple = (word: string): readonly string[] | null => byWord.get(word) ?? byStem.get(stem(word)) ?? null;

/** German puts one of these between the parts of a compound. */
const links = ['', 's', 'n', 'en', 'es', 'e'];
const halfCharsMin = 3;

/**
 * Splits a compound of known words ("Speicherauslastung", "logfile"); `plain` tells words that may be a half
 * without being a concept. The longest first half wins; a word that isn't known to its last letter isn't split.
 */
const halves = (word: string, plain: (half: string) => boolean): readonly string[] | null => {
  for (let end = word.length - halfCharsMin; end >= halfCharsMin; end -= 1) {
    const head = word.slice(0, end);
    const first = byWord.get(head) ?? (plain(head) ? [head] : null);
    if (first === null) continue;
    for (const link of links) {
      const tail = word.slice(end + link.length);
      if (tail.length < halfCharsMin || !word.startsWith(link, end)) continue;
      const rest =
        onlyInCompounds[tail] ?? simple(tail) ?? (plain(tail) ? [tail] : null) ?? halves(tail, plain);
      if (rest !== null) return [...first, ...rest];
    }
  }
  return null;
};

/** The concepts of a Latin word: its own, or those of the parts that it is made of. Null when it has none. */
export const conceptsOf = (
  word: string,
  plain: (half: string) => boolean = () => false,
): readonly string[] | null =>
  simple(word) ?? (/^[a-z]+$/.test(word) && word.length >= 2 * halfCharsMin ? halves(word, plain) : null);

/** The longest known beginning of a Korean word, which writes its compounds with spaces or without. */
export const koreanConcept = (word: string): { concepts: readonly string[]; rest: string } | null => {
  for (let end = word.length; end >= Math.min(2, word.length); end -= 1) {
    const concepts = byWord.get(word.slice(0, end));
    if (concepts !== undefined) return { concepts, rest: word.slice(end) };
  }
  return null;
};

/** Two words that are one concept only together; the words are as the tokenizer joins them ("d hote"). */
const together: readonly (readonly [first: RegExp, second: RegExp, concept: string])[] = [
  [/^(?:host|computer|machine|server)$/, /^names?$/, 'hostname'],
  [/^nom$/, /^(?:d )?(?:hote|machine)$/, 'hostname'],
  [/^(?:호스트|서버|컴퓨터)$/, /^이름$/, 'hostname'],
  [/^process$/, /^ids?$/, 'pid'],
  [/^file$/, /^systems?$/, 'disk'],
  [/^파일$/, /^시스템$/, 'disk'],
  [/^operating$/, /^systems?$/, 'os'],
  [/^systemes?$/, /^(?:d )?exploitation$/, 'os'],
  [/^운영$/, /^체제$/, 'os'],
  [/^time$/, /^zones?$/, 'timezone'],
  [/^fuseau$/, /^horaire$/, 'timezone'],
  [/^logged$/, /^(?:in|on)$/, 'login'],
];

export const pairedConcept = (first: string, second: string): string | null =>
  together.find(([one, other]) => one.test(first) && other.test(second))?.[2] ?? null;
