/** Loose data from the wire, read without trusting it. */
export type Json = Record<string, unknown>;

export const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const record = (value: unknown): Json => (isRecord(value) ? value : {});
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const records = (value: unknown): Json[] => list(value).filter(isRecord);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Absent, null and empty are the same to Slack. */
export const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
/** Forms know only texts. */
export const flag = (value: unknown): boolean => value === true || value === 'true' || value === '1' || value === 1;
export const off = (value: unknown): boolean => value === false || value === 'false' || value === '0' || value === 0;
/** What a text object says. */
export const said = (value: unknown): string => text(record(value).text);
