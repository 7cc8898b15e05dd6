// The version that the page and its simulator are built from: links and files of another one are not run as if they were ours.

declare const faultlineVersion: string | undefined;

/** Put in by the build; `source` when run without one. */
export const version: string = typeof faultlineVersion === 'string' ? faultlineVersion : 'source';
