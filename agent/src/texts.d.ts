/** Files that the bundler takes in as text. */
declare module '*.proto' {
  const text: string;
  export = text;
}
declare module '*.sh' {
  const text: string;
  export = text;
}
declare module '*.ps1' {
  const text: string;
  export = text;
}
