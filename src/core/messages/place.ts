/** Where a message goes. */
export interface Place {
  platform: string;
  team: string;
  /** Empty with a person: a direct message. */
  channel: string;
  /** Our id of the message that the thread hangs on. */
  thread?: string;
  /** The account that alone may see it, e.g. `slack:U012ABC`. */
  person?: string;
  /** The platform's permission to answer one click or command; sealed by the adapter, runs out, never a part of the address. */
  reply?: string;
}

/** `console:general`, or `slack:C01~slack:U02` for what one person alone sees there: how rows name a place, and what is sent in order. */
export const addressOf = ({ platform, channel, person }: Place): string =>
  person === undefined ? `${platform}:${channel}` : `${platform}:${channel}~${person}`;

/** The same place without its person: what everyone there sees. */
export const publicPlace = ({ person: _person, reply: _reply, ...place }: Place): Place => place;

/** A card is pressed where it stands. What one person alone sees may have moved to their direct messages. */
export const isAt = (shown: Place, pressed: Place): boolean =>
  shown.person === undefined
    ? addressOf(shown) === addressOf(pressed)
    : shown.platform === pressed.platform && shown.person === pressed.person;
