// What hangs on other resources, through the SDK: attachments, notifications, links and tags.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { asIntegration, email, idsOf, orderOf, refusal, shop, unique } from './lib.mjs'

let cl
let customer
let order
let sku

before(async () => {
  cl = await asIntegration()
  const code = shop.sales_channel.scope.split(':').at(-1)
  const market = (await cl.markets.list({ filters: { code_eq: code } })).first()
  customer = await cl.customers.create({ email: email('annotated') })
  order = await orderOf(cl, {
    market: cl.markets.relationship(market),
    customer: cl.customers.relationship(customer.id),
  })
  sku = (await cl.skus.list({ filters: { code_eq: 'MUG-BLUE' } })).first()
})

/** Does with a resource what the SDK can do with every one; returns it before its end. */
async function lifeOf(type, attributes, change) {
  const client = cl[type]
  const made = await client.create(attributes)
  assert.equal(made.type, type)
  assert.equal(client.type(), type)
  const read = await client.retrieve(made.id)
  assert.equal(read.name, attributes.name)
  assert.deepEqual(idsOf(await client.list({ filters: { id_eq: made.id } })), [made.id])
  assert.equal(await client.count({ filters: { id_eq: made.id } }), 1)
  const changed = await client.update({ id: made.id, ...change })
  assert.equal(changed.name, change.name)
  const trail = Array.from(await client.event_stores(made.id), (one) => one.event)
  assert.deepEqual(trail, ['update', 'create'])
  return changed
}

async function endOf({ type, id }) {
  await cl[type].delete(id)
  await refusal(cl[type].retrieve(id), 404, 'RECORD_NOT_FOUND')
}

test('an attachment hangs on a customer', async () => {
  const made = await lifeOf(
    'attachments',
    {
      name: 'Passport',
      description: 'front',
      url: 'https://files.example.com/passport.pdf',
      attachable: cl.customers.relationship(customer.id),
    },
    { name: 'Passport, front' },
  )
  assert.ok(cl.attachments.isAttachment(made))
  assert.deepEqual(idsOf(await cl.customers.attachments(customer.id)), [made.id])
  await endOf(made)
})

test('a notification stands beside an order and its lines', async () => {
  const made = await lifeOf(
    'notifications',
    {
      name: 'A free gift',
      flash: true,
      body: { sku: 'BAG' },
      notifiable: cl.orders.relationship(order.id),
    },
    { name: 'Two gifts' },
  )
  assert.ok(cl.notifications.isNotification(made))
  assert.deepEqual(made.body, { sku: 'BAG' })
  assert.deepEqual(idsOf(await cl.orders.notifications(order.id)), [made.id])
  const line = (await cl.orders.line_items(order.id)).first()
  await cl.notifications.update({ id: made.id, notifiable: cl.line_items.relationship(line.id) })
  assert.deepEqual(idsOf(await cl.line_items.notifications(line.id)), [made.id])
  assert.deepEqual(idsOf(await cl.orders.notifications(order.id)), [])
  await endOf(made)
})

test('a link leads to a SKU', async () => {
  const made = await lifeOf(
    'links',
    {
      name: 'Mug of the month',
      client_id: shop.sales_channel.client_id,
      scope: shop.sales_channel.scope,
      params: { campaign: 'may' },
      item: cl.skus.relationship(sku.id),
    },
    { name: 'Mug of the year' },
  )
  assert.ok(cl.links.isLink(made))
  assert.equal(made.item_type, 'skus')
  assert.equal(made.status, 'active')
  assert.ok(made.url.endsWith(made.id))
  assert.ok(idsOf(await cl.skus.links(sku.id)).includes(made.id))
  assert.equal((await cl.links._disable(made.id)).status, 'disabled')
  assert.equal((await cl.links._enable(made.id)).active, true)
  const events = Array.from(await cl.links.events(made.id), (event) => event.name)
  assert.deepEqual(events, ['links.create'])
  await endOf(made)
})

test('tags are put on and taken off by name, additions first', async () => {
  const names = Array.from({ length: 11 }, (_, number) => unique(`t${number}`).slice(0, 25))
  const tags = []
  for (const name of names) tags.push(await cl.tags.create({ name }))
  const one = tags[0]
  assert.ok(cl.tags.isTag(await cl.tags.retrieve(one.id)))
  assert.deepEqual(idsOf(await cl.tags.list({ filters: { name_eq: names[0] } })), [one.id])
  assert.equal((await cl.tags.update({ id: one.id, reference: 'r' })).reference, 'r')
  assert.ok((await cl.tags.event_stores(one.id)).length >= 2)
  await refusal(cl.tags.create({ name: names[0] }), 422, 'VALIDATION_ERROR')
  await refusal(cl.tags.create({ name: 'no blanks' }), 422, 'VALIDATION_ERROR')

  await cl.customers._add_tags(customer.id, `${names[0]},${names[1]},nobody-knows`)
  assert.deepEqual(new Set(idsOf(await cl.customers.tags(customer.id))), new Set(idsOf(tags.slice(0, 2))))
  await cl.customers.update({ id: customer.id, _add_tags: names[2], _remove_tags: `${names[2]},${names[0]}` })
  assert.deepEqual(idsOf(await cl.customers.tags(customer.id)), [tags[1].id])
  await refusal(cl.customers._add_tags(customer.id, names.join()), 422, 'VALIDATION_ERROR')
  await cl.customers._remove_tags(customer.id, names[1])
  assert.deepEqual(idsOf(await cl.customers.tags(customer.id)), [])

  for (const tag of tags) await cl.tags.delete(tag.id)
  await refusal(cl.tags.retrieve(one.id), 404, 'RECORD_NOT_FOUND')
})

test('metadata is replaced, and customers are watched for it', async () => {
  await cl.customers.update({ id: customer.id, metadata: { a: 1, b: 2 } })
  const { metadata } = await cl.customers.update({ id: customer.id, metadata: { b: 3 } })
  assert.deepEqual(metadata, { b: 3 })
  const events = Array.from(await cl.customers.events(customer.id), (event) => event.name)
  assert.ok(events.includes('customers.metadata_update'))
})
