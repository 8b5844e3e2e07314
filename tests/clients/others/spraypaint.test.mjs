// spraypaint: ActiveRecord for the browser.

import assert from 'node:assert/strict'
import { test } from 'node:test'

import spraypaint from 'spraypaint'

import { actual, base, email, token } from './lib.mjs'

const { SpraypaintBase, attr, belongsTo } = spraypaint
const Base = SpraypaintBase.extend({
  static: {
    baseUrl: base,
    apiNamespace: '',
    clientApplication: 'tests',
    generateAuthHeader: (jwt) => `Bearer ${jwt}`,
    keyCase: { server: 'snake', client: 'snake' },
  },
})
Base.jwt = token
const Group = Base.extend({
  static: { jsonapiType: 'customer_groups' },
  attrs: { name: attr() },
})
const Customer = Base.extend({
  static: { jsonapiType: 'customers' },
  attrs: {
    email: attr(),
    reference: attr(),
    customer_group: belongsTo({ type: Group }),
  },
})

test('spraypaint', async (t) => {
  const address = email('spraypaint')
  let customer, group

  await t.test('creates', async () => {
    group = new Group({ name: address })
    customer = new Customer({ email: address })
    assert.equal(await group.save(), true)
    assert.equal(await customer.save(), true)
    assert.equal((await actual(`customers/${customer.id}`)).attributes.email, address)
  })

  await t.test('updates', async () => {
    customer.reference = 'spraypaint'
    assert.equal(await customer.save(), true)
    assert.equal((await actual(`customers/${customer.id}`)).attributes.reference, 'spraypaint')
  })

  await t.test('changes a relationship', async () => {
    customer.customer_group = group
    assert.equal(await customer.save({ with: 'customer_group.id' }), true)
    assert.equal((await actual(`customers/${customer.id}/customer_group`)).id, group.id)
  })

  await t.test('lists with a filter and an include', async () => {
    const { data } = await Customer.where({ q: { email_eq: address } })
      .includes('customer_group')
      .all()
    assert.deepEqual(data.map((one) => one.id), [customer.id])
    assert.equal(data[0].customer_group.name, address)
  })

  await t.test('is told what is invalid', async () => {
    const refused = new Customer({ email: address })
    assert.equal(await refused.save(), false)
    assert.equal((await actual(`customers?filter[q][email_eq]=${address}`)).length, 1)
  })

  await t.test('deletes', async () => {
    assert.equal(await customer.destroy(), true)
    assert.equal(await actual(`customers/${customer.id}`), 404)
  })
})
