// Orbit: by an editor of the specification; operations on records with ids of their own.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import { JSONAPISource } from '@orbit/jsonapi'
import { RecordSchema } from '@orbit/records'
import { buildSerializerSettingsFor } from '@orbit/serializers'

import { actual, authorization, base, email } from './lib.mjs'

const schema = new RecordSchema({
  models: {
    customers: {
      attributes: { email: { type: 'string' }, reference: { type: 'string' } },
      relationships: {
        customer_group: { kind: 'hasOne', type: 'customer_groups' },
        tags: { kind: 'hasMany', type: 'tags' },
      },
    },
    customer_groups: { attributes: { name: { type: 'string' } } },
    tags: { attributes: { name: { type: 'string' } } },
  },
})
// The wire's names are those of the schema.
const unchanged = { serializationOptions: { inflectors: [] } }
const source = new JSONAPISource({
  schema,
  host: base,
  defaultFetchSettings: { headers: { Authorization: authorization } },
  serializerSettingsFor: buildSerializerSettingsFor({
    settingsByType: { resourceTypePath: unchanged, resourceFieldPath: unchanged },
  }),
})

test('Orbit', async (t) => {
  const address = email('orbit')
  const id = crypto.randomUUID()
  const customer = { type: 'customers', id }
  const group = { type: 'customer_groups', id: crypto.randomUUID() }
  const tag = { type: 'tags', id: crypto.randomUUID() }

  await t.test('creates, under ids of its own', async () => {
    await source.update((make) => make.addRecord({ ...group, attributes: { name: address } }))
    await source.update((make) => make.addRecord({ ...tag, attributes: { name: id.slice(0, 20) } }))
    const made = await source.update((make) =>
      make.addRecord({ ...customer, attributes: { email: address } }),
    )
    assert.equal(made.id, id)
    assert.equal((await actual(`customers/${id}`)).attributes.email, address)
  })

  await t.test('updates', async () => {
    await source.update((make) => make.replaceAttribute(customer, 'reference', 'orbit'))
    assert.equal((await actual(`customers/${id}`)).attributes.reference, 'orbit')
  })

  await t.test('changes relationships at their own addresses', async () => {
    await source.update((make) => make.replaceRelatedRecord(customer, 'customer_group', group))
    await source.update((make) => make.addToRelatedRecords(customer, 'tags', tag))
    assert.equal((await actual(`customers/${id}/customer_group`)).id, group.id)
    assert.equal((await actual(`customers/${id}/tags`))[0].id, tag.id)
    await source.update((make) => make.removeFromRelatedRecords(customer, 'tags', tag))
    assert.equal((await actual(`customers/${id}/tags`)).length, 0)
  })

  await t.test('lists with a filter and an include', async () => {
    const found = await source.query((ask) => ask.findRecords('customers'), {
      sources: {},
      url: `${base}/customers?filter[q][email_eq]=${address}&include=customer_group`,
    })
    assert.deepEqual(found.map((one) => one.id), [id])
    assert.equal(found[0].relationships.customer_group.data.id, group.id)
  })

  await t.test('is told what is invalid', async () => {
    const twice = { type: 'customers', id: crypto.randomUUID(), attributes: { email: address } }
    const refused = await source.update((make) => make.addRecord(twice)).catch((error) => error)
    assert.equal(refused.response.status, 422)
    assert.equal(refused.data.errors[0].source.pointer, '/data/attributes/email')
    source.requestQueue.clear()
  })

  await t.test('deletes', async () => {
    await source.update((make) => make.removeRecord(customer))
    assert.equal(await actual(`customers/${id}`), 404)
  })
})
