/** How a role's holder is written, by what stands before the colon. A new platform is one line here. */
const shapes = {
  slack: { kind: 'account', id: /^[UW][A-Z0-9]{1,30}$/, like: 'slack:U012ABC' },
  'slack-group': { kind: 'group', id: /^S[A-Z0-9]{1,30}$/, like: 'slack-group:S012ABC' },
  discord: { kind: 'account', id: /^\d{1,20}$/, like: 'discord:123456789012345678' },
  'discord-role': { kind: 'group', id: /^\d{1,20}$/, like: 'discord-role:123456789012345678' },
  console: { kind: 'account', id: /^[a-z0-9_.-]{1,40}$/, like: 'console:dana' },
} as const;

export const subjectPrefixes = Object.keys(shapes);
export const examples = Object.values(shapes).map(({ like }) => like);

/** Whether this is the address of an account or of a group; undefined if it is neither. */
export function kindOf(subject: string): 'account' | 'group' | undefined {
  const [prefix = '', ...rest] = subject.split(':');
  const shape = Object.hasOwn(shapes, prefix) ? shapes[prefix as keyof typeof shapes] : undefined;
  return shape?.id.test(rest.join(':')) ? shape.kind : undefined;
}

/** `slack`, of `slack:U012ABC`. */
export const platformOf = (account: string): string => account.split(':')[0] ?? '';

const mentions: [RegExp, prefix: keyof typeof shapes][] = [
  [/^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/, 'slack'],
  [/^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/, 'slack-group'],
  [/^<@!?(\d+)>$/, 'discord'],
  [/^<@&(\d+)>$/, 'discord-role'],
];

/** The address that was typed, or that a mention stands for: its id, never the name in it. Undefined for anything else. */
export function subjectOf(text: string): string | undefined {
  const typed = text.trim();
  for (const [shape, prefix] of mentions) {
    const id = shape.exec(typed)?.[1];
    if (id) return `${prefix}:${id}`;
  }
  return kindOf(typed) ? typed : undefined;
}
