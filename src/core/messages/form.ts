/** A few questions asked at once: a modal on Slack and Discord, a page on the console. Plain data, text inert. */
export interface Form {
  /** At most 24 characters are shown everywhere. */
  title: string;
  /** A verb, at most 24 characters. */
  submit: string;
  /** One sentence above the fields. */
  note?: string;
  /** At most five: Discord's limit. */
  fields: FormField[];
}

export type FormField = {
  /** [a-z]+; the key of its value. */
  name: string;
  /** At most 45 characters. */
  label: string;
  hint?: string;
  value?: string;
  optional?: boolean;
} & (
  | { kind: 'text'; multiline?: boolean; maxLength?: number }
  /** One of many. With `more`, the options are only the first ones, and the rest is found by typing. */
  | { kind: 'pick'; options: FormOption[]; more?: boolean }
);

export interface FormOption {
  value: string;
  label: string;
  hint?: string;
}
