import { blocked, failed, filtered, identify, notIngested, type ShopDestination, type ShopSource, track } from './model.ts';
import { audienceDestinations, profiles } from './profiles.ts';

export const sources: readonly ShopSource[] = [
  {
    id: 'src_web7Kq2',
    slug: 'web',
    name: 'Web shop',
    peak: 2_500,
    curve: 'shoppers',
    versions: [],
    events: [
      { type: 'page', name: 'Page Viewed', mix: 0.46 },
      track('Product Viewed', 0.3),
      track('Product Added', 0.09),
      track('Checkout Started', 0.04),
      track('Order Completed', 0.025),
      identify(0.085),
    ],
    losses: [
      notIngested('id_required', 0.002, 'identify'),
      blocked('schema_violation', 0.018, 'Product Added', 'Checkout Started'),
    ],
  },
  {
    id: 'src_iosM3tX',
    slug: 'ios',
    name: 'iOS app',
    peak: 900,
    curve: 'shoppers',
    versions: [
      { version: '5.2.0', share: 0.71 },
      { version: '5.1.3', share: 0.29 },
    ],
    events: [
      track('Application Opened', 0.31),
      track('Product Viewed', 0.48),
      track('Product Added', 0.14),
      track('Order Completed', 0.04),
      // Left in by mistake: not in the Tracking Plan, so all of it is blocked.
      track('Debug Menu Opened', 0.03),
    ],
    losses: [notIngested('properties_not_object', 0.0008, 'Product Viewed'), blocked('unplanned', 1, 'Debug Menu Opened')],
  },
  {
    id: 'src_srvB8nL',
    slug: 'server',
    name: 'Order service',
    peak: 260,
    curve: 'shoppers',
    versions: [],
    events: [track('Payment Captured', 0.38), track('Order Shipped', 0.34), track('Order Refunded', 0.06), identify(0.22)],
    losses: [
      notIngested('no_user_anon_id', 0.0015, 'Payment Captured'),
      blocked('schema_violation', 0.04, 'Order Refunded'),
      blocked('event_setting', 0.01, 'identify'),
    ],
  },
  {
    id: 'src_supZ5wD',
    slug: 'support',
    name: 'Helpdesk',
    peak: 9,
    curve: 'office',
    versions: [],
    events: [track('Message Sent', 0.52), track('Ticket Opened', 0.2), track('Ticket Solved', 0.18), identify(0.1)],
    losses: [notIngested('traits_not_object', 0.01, 'identify'), blocked('unplanned', 0.02, 'Ticket Solved')],
  },
  profiles,
];

export const destinations: readonly ShopDestination[] = [
  {
    id: 'dst_amplitude_9fQ1',
    slug: 'amplitude',
    name: 'Amplitude',
    source: 'web',
    losses: [
      filtered('FILTERED_AT_MAPPING', 0.11, 'identify'),
      failed('ETIMEDOUT', 0.001, 'Product Viewed'),
      failed('400', 0.0015, 'Product Added'),
    ],
    mappings: [
      {
        id: 'map_amplog_4tYc',
        slug: 'log-event',
        name: 'Log Event',
        takes: ['Product Viewed', 'Product Added', 'Checkout Started', 'Order Completed'],
      },
      { id: 'map_amppur_b7Rw', slug: 'order-completed', name: 'Order Completed', takes: ['Order Completed'] },
      { id: 'map_ampidf_M2ke', slug: 'identify-user', name: 'Identify User', takes: ['identify'] },
    ],
  },
  {
    id: 'dst_googleads_X3vB',
    slug: 'google-ads',
    name: 'Google Ads Conversions',
    source: 'web',
    losses: [filtered('FILTERED_BY_END_USER_CONSENT', 0.19), failed('400', 0.003)],
    mappings: [
      { id: 'map_gadpur_1sKd', slug: 'purchase', name: 'Purchase conversion', takes: ['Order Completed'] },
      { id: 'map_gadcar_Q8zn', slug: 'add-to-cart', name: 'Add to cart conversion', takes: ['Product Added'] },
    ],
  },
  {
    id: 'dst_ga4_L5hT',
    slug: 'ga4',
    name: 'Google Analytics 4',
    source: 'web',
    losses: [
      filtered('FILTERED_BY_END_USER_CONSENT', 0.12, 'Page Viewed', 'Product Viewed', 'Product Added', 'Order Completed'),
      filtered('UNSUPPORTED_EVENT_TYPE', 1, 'identify'),
      failed('ETIMEDOUT', 0.0006),
    ],
    mappings: [],
  },
  {
    id: 'dst_metacapi_6uNe',
    slug: 'meta-capi',
    name: 'Meta Conversions API',
    source: 'web',
    // Its errors come with the prefix of Segment's older error list.
    losses: [filtered('FILTERED_BY_END_USER_CONSENT', 0.23), failed('errors.discarded.400', 0.004)],
    mappings: [
      { id: 'map_mcppur_Hc5a', slug: 'capi-purchase', name: 'Purchase', takes: ['Order Completed'] },
      { id: 'map_mcpcar_3Gfx', slug: 'capi-add-to-cart', name: 'Add To Cart', takes: ['Product Added'] },
      { id: 'map_mcpvie_zP9o', slug: 'capi-view-content', name: 'View Content', takes: ['Product Viewed'] },
    ],
  },
  {
    // What passes the filters is counted in rows of its syncs.
    id: 'dst_snowflake_K3pV',
    slug: 'warehouse',
    name: 'Snowflake',
    source: 'web',
    losses: [filtered('FILTERED_BY_INTEGRATIONS_OBJECT', 0.014, 'identify'), filtered('FILTERED_BY_RULES', 0.006, 'Page Viewed')],
    mappings: [],
    variant: 'storage',
  },
  {
    // A project and a key of its own: it stays well while the web shop's is refused.
    id: 'dst_amplitude_T4mJ',
    slug: 'ios-amplitude',
    name: 'Amplitude (iOS)',
    source: 'ios',
    losses: [failed('429', 0.0012, 'Product Viewed'), failed('ETIMEDOUT', 0.0006, 'Application Opened')],
    mappings: [
      {
        id: 'map_iamlog_W6db',
        slug: 'ios-log-event',
        name: 'Log Event',
        takes: ['Application Opened', 'Product Viewed', 'Product Added', 'Order Completed'],
      },
      { id: 'map_iampur_r2Vq', slug: 'ios-log-purchase', name: 'Log Purchase', takes: ['Order Completed'] },
    ],
  },
  {
    id: 'dst_braze_C8yR',
    slug: 'braze',
    name: 'Braze',
    source: 'ios',
    losses: [failed('429', 0.004, 'Product Added'), failed('503', 0.001)],
    mappings: [
      { id: 'map_brztrk_D0us', slug: 'track-event', name: 'Track Event', takes: ['Application Opened', 'Product Added'] },
      { id: 'map_brzpur_kX7g', slug: 'track-purchase', name: 'Track Purchase', takes: ['Order Completed'] },
    ],
  },
  {
    id: 'dst_appsflyer_2wPk',
    slug: 'appsflyer',
    name: 'AppsFlyer',
    source: 'ios',
    losses: [filtered('FILTERED_BY_RULES', 1, 'Product Viewed'), failed('ECONNRESET', 0.001), failed('400', 0.001)],
    mappings: [],
  },
  {
    id: 'dst_customerio_J7eA',
    slug: 'customer-io',
    name: 'Customer.io',
    source: 'server',
    losses: [failed('429', 0.003)],
    mappings: [
      { id: 'map_ciotrk_Y1mv', slug: 'cio-track', name: 'Track Event', takes: ['Order Shipped', 'Order Refunded'] },
      { id: 'map_cioper_5Nxi', slug: 'cio-person', name: 'Create or Update Person', takes: ['identify'] },
    ],
  },
  {
    // The slow story: never quite well. A mapped field is longer than the CRM accepts, and nobody has got round to it.
    id: 'dst_hubspot_N0sG',
    slug: 'hubspot',
    name: 'HubSpot',
    source: 'server',
    losses: [filtered('FILTERED_BY_INTEGRATIONS_OBJECT', 0.05, 'identify'), failed('400', 0.066), failed('ETIMEDOUT', 0.001)],
    mappings: [],
  },
  {
    id: 'dst_webhooks_V4bZ',
    slug: 'webhooks',
    name: 'Webhooks (fulfilment)',
    source: 'server',
    // 413 is not among the documented reasons: what a code nobody has met yet looks like.
    losses: [filtered('FILTERED_BY_RULES', 1, 'identify'), failed('502', 0.002), failed('413', 0.0008, 'Order Shipped')],
    mappings: [],
  },
  {
    id: 'dst_intercom_f5Qc',
    slug: 'intercom',
    name: 'Intercom',
    source: 'support',
    losses: [failed('404', 0.004, 'identify'), failed('429', 0.002)],
    mappings: [],
  },
  {
    id: 'dst_mixpanel_8LrE',
    slug: 'mixpanel',
    name: 'Mixpanel',
    source: 'support',
    losses: [filtered('FILTERED_BY_RULES', 0.3, 'Message Sent'), failed('ETIMEDOUT', 0.002)],
    mappings: [],
  },
  ...audienceDestinations,
];
