const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Nouns for kinds of things: where a value is looked for, these name its kind and are not the value. */
export const genericWords = words(`
  service services dienst dienste dienstes diensten daemon daemons unit units process processes processus prozess
  prozesse prozesses prozessen container containers conteneur conteneurs containern file files fichier fichiers
  datei dateien folder folders directory directories dossier dossiers repertoire ordner verzeichnis user users
  utilisateur utilisateurs benutzer port ports disk disks disque disques platte festplatte memory memoire speicher
  cpu ram system network reseau netzwerk package packages paquet paquets paket pakete log logs journal journaux
  protokoll protokolle app apps application applications website site domain domaine
  status state etat zustand usage utilisation name names nom pid pids ids id everything anything something someone anyone it
  error errors erreur erreurs fehler date datum time zeit heure version versions size taille address addresses adresse adressen ip
  owner account content contents type history help manual line lines ligne lignes zeile zeilen message messages
  tree trees thread threads arbre baum image images network networks volume volumes
  today yesterday tomorrow hour minute second seconds day week month aujourd hier heute gestern stunde tag woche
  서비스 프로세스 컨테이너 파일 폴더 디렉터리 디렉토리 사용자 포트 디스크 메모리 로그 패키지 상태 사용량`);

/** The same as concepts, which have more words than stand above. */
export const genericConcepts = words(`
  service process container file directory user port disk memory cpu network package log domain status usage error version
  address line time job pid`);

/** Of those, what a machine has one of, so that it says what is meant all alone: "and the disk?" */
export const subjects = words('disk memory cpu network swap');
