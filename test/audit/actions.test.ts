import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalAction, canonicalKind } from '../../src/core/audit/actions.ts';

test.each([
  ['Integration Disabled', 'destination.disabled'],
  ['Integrations Enabled', 'destination.enabled'],
  ['Destination Filter Created', 'filter.created'],
  ['Destination Function Modified', 'function.modified'],
  ['Source Function Updated', 'function.modified'],
  ['Filter Deleted', 'space_filter.deleted'],
  ['Storage Destination Settings Validation', 'warehouse.settings_validation'],
  ['Warehouses Deleted', 'warehouse.deleted'],
  ['Source Settings Modified', 'source.settings_modified'],
  ['Source Connected To Space', 'source.connected_to_space'],
  ['Tracking Plan Updated', 'tracking_plan.modified'],
  ['Transformation Updated', 'transformation.modified'],
  ['Personas Warehouse Source Created', 'engage_source.created'],
  ['New Segment User Invited to Workspace', 'user.invited'],
  ['User Added To User Group', 'user_group.user_added'],
  ['User Group Policy Updated', 'policy.modified'],
  ['Schema Event Blocked', 'schema.event_blocked'],
  ['Schema Default Edited To Allow New Events', 'schema.default_edited_to_allow_new_events'],
  ['Violations Detected', 'tracking_plan.violations_detected'],
  ['Audience CSV Downloaded', 'audience.csv_downloaded'],
  ['Flux Capacitor Charged', 'other.flux_capacitor_charged'],
  ['constructor created', 'other.constructor_created'],
  ['Source', 'other.source'],
  ['💥', 'other.happened'],
])('%s is %s', (type, action) => expect(canonicalAction(type)).toBe(action));

test.each([
  ['integration', 'destination'],
  ['destination_filter', 'filter'],
  ['Tracking Plan', 'tracking_plan'],
  ['__proto__', 'proto'],
  ['something new', 'something_new'],
])('the kind %s is %s', (type, kind) => expect(canonicalKind(type).replace(/^_+|_+$/g, '')).toBe(kind));

test('any name is an action of two words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (type) => {
      expect(canonicalAction(type)).toMatch(/^[^.\s]+\.[^.\s]+$/su);
    }),
  );
});
