// Nothing of one organization can be seen, changed or linked from another.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { jwtDecode } from '@commercelayer/js-auth'

import {
  ADDRESS,
  asCustomer,
  asGuest,
  asIntegration,
  asStaff,
  email,
  idsOf,
  orderOf,
  refusal,
  rival,
  sdk,
  shop,
  signIn,
  unique,
} from './lib.mjs'

let ours
let theirs
let rows

before(async () => {
  ours = await asIntegration()
  theirs = await asStaff(rival)
  const customer = await ours.customers.create({ email: email('walled') })
  const address = await ours.addresses.create(ADDRESS)
  const book = await ours.customer_addresses.create({
    customer: ours.customers.relationship(customer),
    address: ours.addresses.relationship(address.id),
  })
  const market = (await ours.markets.list()).first()
  const order = await orderOf(ours, {
    market: ours.markets.relationship(market),
    customer: ours.customers.relationship(customer),
  })
  const { line_items: lines } = await ours.orders.retrieve(order.id, { include: ['line_items'] })
  const group = await ours.customer_groups.create({ name: unique('Group') })
  const tag = await ours.tags.create({ name: unique('t') })
  const list = (resource) => ours[resource].list({ pageSize: 1 })
  rows = {
    customers: customer,
    customer_addresses: book,
    customer_groups: group,
    addresses: address,
    orders: order,
    line_items: lines[0],
    markets: market,
    tags: tag,
    skus: (await list('skus')).first(),
    prices: (await list('prices')).first(),
    stores: (await list('stores')).first(),
    stock_locations: (await list('stock_locations')).first(),
    events: (await list('events')).first(),
  }
})

test('an id of another organization is as unknown as one that never was', async () => {
  for (const [type, { id }] of Object.entries(rows)) {
    assert.ok(id, type)
    await ours[type].retrieve(id)
    await refusal(theirs[type].retrieve(id), 404, 'RECORD_NOT_FOUND')
    await refusal(theirs[type].update({ id, reference: 'x' }), 404, 'RECORD_NOT_FOUND')
    if (type !== 'events') await refusal(theirs[type].delete(id), 404, 'RECORD_NOT_FOUND')
    const filters = { id_eq: id }
    assert.equal(await theirs[type].count({ filters }), 0, type)
    assert.equal(await ours[type].count({ filters }), 1, type)
  }
})

test('nor can anything below it be listed', async () => {
  const { id } = rows.customers
  const lists = ['customer_addresses', 'orders', 'tags', 'events', 'event_stores']
  for (const name of [...lists, 'customer_group']) {
    await refusal(theirs.customers[name](id), 404, 'RECORD_NOT_FOUND')
  }
})

test('nor can anything be linked to it', async () => {
  const own = await theirs.customers.create({ email: email('own') })
  const links = {
    customer_group: theirs.customer_groups.relationship(rows.customer_groups.id),
    tags: theirs.tags.relationshipToMany(rows.tags.id),
  }
  for (const [name, link] of Object.entries(links)) {
    const error = await theirs.customers.update({ id: own.id, [name]: link }).catch((e) => e)
    assert.ok([404, 422].includes(error.status), `${name}: ${error.status}`)
  }
  const { id } = rows.customers
  const order = theirs.orders.create({
    market: theirs.markets.relationship((await theirs.markets.list()).first()),
    customer: theirs.customers.relationship(id),
  })
  assert.ok([404, 422].includes((await order.catch((error) => error)).status))
  assert.deepEqual(idsOf(await ours.customers.orders(id)), [rows.orders.id])
})

test('lists hold the rows of the token, whatever the organization in the address', async () => {
  const all = await Promise.all([ours, theirs].map((cl) => cl.customers.list({ pageSize: 25 })))
  const [mine, others] = all.map((list) => new Set(idsOf(list)))
  assert.ok(mine.size > 0 && others.size > 0)
  assert.equal([...mine].filter((id) => others.has(id)).length, 0)

  const { currentAccessToken: accessToken } = theirs
  const disguised = sdk(accessToken, { organization: shop.organization, domain: shop.domain })
  await refusal(disguised.customers.retrieve(rows.customers.id), 404, 'RECORD_NOT_FOUND')
  assert.equal((await disguised.organization.retrieve()).slug, rival.organization)
})

test('storefronts and customers of another organization find nothing either', async () => {
  const guest = await asGuest(rival)
  const customer = await asCustomer(rival.customer.email, rival.customer.password, rival)
  for (const cl of [guest, customer]) {
    await refusal(cl.orders.retrieve(rows.orders.id), 404, 'RECORD_NOT_FOUND')
    await refusal(cl.addresses.retrieve(rows.addresses.id), 404, 'RECORD_NOT_FOUND')
  }
  await refusal(customer.customers.retrieve(rows.customers.id), 404, 'RECORD_NOT_FOUND')
})

test('the same person in two organizations is two people', async () => {
  assert.equal(shop.customer.email, rival.customer.email)
  const here = await signIn(shop.customer.email, shop.customer.password)
  const there = await signIn(rival.customer.email, rival.customer.password, rival)
  assert.notEqual(here.ownerId, there.ownerId)
  const organizations = [here, there].map(({ accessToken }) => jwtDecode(accessToken).payload)
  assert.notEqual(organizations[0].organization.id, organizations[1].organization.id)
  await refusal(
    sdk(here.accessToken).customers.retrieve(there.ownerId),
    404,
    'RECORD_NOT_FOUND',
  )
})

test('an id that is taken elsewhere is free here', async () => {
  const address = email('same-id')
  const reply = await fetch(`https://${rival.organization}.${shop.domain}/api/customers`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${theirs.currentAccessToken}`,
      'content-type': 'application/vnd.api+json',
    },
    body: JSON.stringify({
      data: { type: 'customers', id: rows.customers.id, attributes: { email: address } },
    }),
  })
  assert.equal(reply.status, 201)
  assert.equal((await theirs.customers.retrieve(rows.customers.id)).email, address)
  assert.equal((await ours.customers.retrieve(rows.customers.id)).email, rows.customers.email)
})
