import { blocked, failed, filtered, type ShopAudience, type ShopDestination, type ShopSource, track } from './model.ts';

/** The first is linked to a destination; the other two are computed from events. */
export const audiences: readonly ShopAudience[] = [
  { id: 'aud_vip', slug: 'vip-customers', name: 'VIP customers', source: 'profiles', size: 18_400 },
  { id: 'aud_cart', slug: 'cart-abandoners', name: 'Cart abandoners', source: 'profiles', size: 3_900 },
  { id: 'aud_new', slug: 'new-sign-ups', name: 'New sign-ups', source: 'profiles', size: 7_200 },
];

/** Where customers are put together from all sources. Nothing is received here: events come from changes of membership. */
export const profiles: ShopSource = {
  id: 'spa_profilesR6',
  slug: 'profiles',
  name: 'Customer profiles',
  peak: 48,
  curve: 'shoppers',
  versions: [],
  events: [
    track('Audience Entered', 0.17, 'aud_vip'),
    track('Audience Exited', 0.13, 'aud_vip'),
    track('Audience Entered', 0.29, 'aud_cart'),
    track('Audience Exited', 0.23, 'aud_cart'),
    track('Audience Entered', 0.18, 'aud_new'),
  ],
  losses: [blocked('event_setting', 0.012, 'Audience Exited'), blocked('unplanned', 0.006, 'Audience Entered')],
};

export const audienceDestinations: readonly ShopDestination[] = [
  {
    id: 'dst_fbaudience_Z2xJ',
    slug: 'facebook-audiences',
    name: 'Facebook Custom Audiences',
    source: 'profiles',
    // 400: nothing in the profile that the partner could recognise somebody by.
    losses: [filtered('FILTERED_BY_END_USER_CONSENT', 0.085), failed('400', 0.016), failed('429', 0.004)],
    mappings: [],
    variant: 'linked_audience',
    audiences: ['aud_vip'],
  },
  {
    id: 'dst_sendgrid_P5oU',
    slug: 'sendgrid',
    name: 'SendGrid',
    source: 'profiles',
    // Engage routes by the integrations object: a large share filtered by it is normal.
    losses: [
      filtered('FILTERED_BY_INTEGRATIONS_OBJECT', 0.48, 'Audience Entered'),
      filtered('FILTERED_BY_INTEGRATIONS_OBJECT', 0.71, 'Audience Exited'),
      failed('400', 0.006, 'Audience Entered'),
    ],
    mappings: [],
    variant: 'engage',
    audiences: ['aud_cart', 'aud_new'],
  },
];
