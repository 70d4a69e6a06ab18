/** Bundles each entry with what it imports into `outdir`. */
export declare const bundle: (entryPoints: Readonly<Record<string, string>>, outdir: string) => Promise<void>;
