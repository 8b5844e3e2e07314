// Orders through the SDK, and what they make of a customer.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { authenticate } from '@commercelayer/js-auth'

import {
  ADDRESS,
  asCustomer,
  asGuest,
  asIntegration,
  domain,
  email,
  eventually,
  idsOf,
  orderOf,
  refusal,
  salesChannelOf,
  shop,
  unique,
} from './lib.mjs'

const PASSWORD = 'correct horse battery'

let cl
let market

before(async () => {
  cl = await asIntegration()
  const code = shop.sales_channel.scope.split(':').at(-1)
  market = (await cl.markets.list({ filters: { code_eq: code } })).first()
})

async function newCustomer(attributes = {}) {
  return await cl.customers.create({ email: email('buyer'), ...attributes })
}

/** An order of the shop's own back end, ready to be placed. */
async function pendingOrder(customer, attributes = {}) {
  const { id } = await orderOf(cl, {
    market: cl.markets.relationship(market),
    customer: cl.customers.relationship(customer.id),
    ...attributes,
  })
  return await cl.orders.retrieve(id)
}

async function standing({ id }) {
  const { status, total_orders_count: count } = await cl.customers.retrieve(id)
  return [status, count]
}

test('two orders make a prospect acquired, then repeat', async () => {
  const customer = await newCustomer()
  assert.deepEqual(await standing(customer), ['prospect', 0])
  const first = await pendingOrder(customer)
  assert.deepEqual(await standing(customer), ['prospect', 0])

  const placed = await cl.orders._place(first.id)
  assert.equal(placed.status, 'placed')
  assert.ok(placed.placed_at)
  assert.deepEqual(await standing(customer), ['acquired', 1])

  const second = await pendingOrder(customer)
  await cl.orders.update({ id: second.id, _place: true })
  assert.deepEqual(await standing(customer), ['repeat', 2])

  const approved = await cl.orders._approve(second.id)
  assert.equal(approved.status, 'approved')
  assert.deepEqual(await standing(customer), ['repeat', 2])

  const cancelled = await cl.orders._cancel(first.id)
  assert.equal(cancelled.status, 'cancelled')
  assert.ok(cancelled.cancelled_at)
  assert.deepEqual(await standing(customer), ['acquired', 1])
})

test('orders placed at the same time are all counted', async () => {
  const customer = await newCustomer()
  const orders = await Promise.all(Array.from({ length: 6 }, () => pendingOrder(customer)))
  await Promise.all(orders.map((order) => cl.orders._place(order.id)))
  assert.deepEqual(await standing(customer), ['repeat', 6])
  await Promise.all(orders.slice(1).map((order) => cl.orders._cancel(order.id)))
  assert.deepEqual(await standing(customer), ['acquired', 1])
})

test('an order that moves to another customer is counted there', async () => {
  const [one, other] = [await newCustomer(), await newCustomer()]
  const { id } = await pendingOrder(one)
  await cl.orders._place(id)
  await cl.orders.update({ id, customer: cl.customers.relationship(other.id) })
  assert.deepEqual([await standing(one), await standing(other)], [['prospect', 0], ['acquired', 1]])
})

test('a new order is a draft, and pending once it has somebody and something', async () => {
  const customer = await newCustomer()
  const draft = await cl.orders.create({
    market: cl.markets.relationship(market),
    customer: cl.customers.relationship(customer),
  })
  assert.deepEqual(
    [draft.status, draft.payment_status, draft.fulfillment_status, draft.guest],
    ['draft', 'unpaid', 'unfulfilled', false],
  )
  assert.deepEqual([draft.currency_code, draft.total_amount_cents], ['EUR', 0])
  assert.equal(draft.customer_email, customer.email)
  const refused = await refusal(cl.orders._place(draft.id), 422, 'VALIDATION_ERROR')
  assert.ok(refused.first().source.pointer)

  const line = await cl.line_items.create({
    order: cl.orders.relationship(draft),
    sku_code: 'MUG-BLUE',
    quantity: 2,
  })
  assert.deepEqual(
    [line.unit_amount_cents, line.total_amount_cents, line.total_amount_float, line.item_type],
    [1250, 2500, 25, 'skus'],
  )
  const pending = await cl.orders.retrieve(draft.id, { include: ['line_items', 'customer'] })
  assert.deepEqual(
    [pending.status, pending.total_amount_cents, pending.skus_count],
    ['pending', 2500, 2],
  )
  assert.match(pending.formatted_total_amount, /€/)
  assert.deepEqual([pending.line_items[0].id, pending.customer.id], [line.id, customer.id])

  await cl.line_items.update({ id: line.id, quantity: 3 })
  assert.equal((await cl.orders.retrieve(draft.id)).total_amount_cents, 3750)
  await cl.line_items.create({
    order: cl.orders.relationship(draft),
    name: 'Gift wrap',
    unit_amount_cents: 199,
    quantity: 1,
  })
  assert.equal((await cl.orders.retrieve(draft.id)).total_amount_cents, 3949)
  await cl.line_items.delete(line.id)
  assert.equal((await cl.orders.retrieve(draft.id)).total_amount_cents, 199)
})

test('a trigger may be repeated, but not come at the wrong time', async () => {
  const { id } = await pendingOrder(await newCustomer())
  const error = await refusal(cl.orders._approve(id), 422, 'VALIDATION_ERROR')
  assert.equal(error.first().source.pointer, '/data/attributes/_approve')
  await cl.orders._place(id)
  const { placed_at: once } = await cl.orders._place(id)
  assert.equal((await cl.orders.retrieve(id)).placed_at, once)
  await cl.orders._approve(id)
  await cl.orders._approve(id)
  await cl.orders._cancel(id)
  await refusal(cl.orders._place(id), 422, 'VALIDATION_ERROR')
})

test('a retrieved order can be sent back as it came', async () => {
  const { id } = await pendingOrder(await newCustomer())
  const include = ['customer', 'market', 'line_items', 'shipping_address', 'tags']
  const retrieved = await cl.orders.retrieve(id, { include })
  assert.equal((await cl.orders.update({ ...retrieved, reference: 'back' })).reference, 'back')
  const lie = cl.orders.update({ ...retrieved, total_amount_cents: 1 })
  await refusal(lie, 400, 'PARAM_NOT_ALLOWED')
})

test('orders are filtered by their own facts and by their customer', async () => {
  const customer = await newCustomer({ reference: unique('who') })
  const [first, second] = [await pendingOrder(customer), await pendingOrder(customer)]
  await cl.orders._place(first.id)
  const mine = { customer_id_eq: customer.id }
  const found = async (filters) => {
    return idsOf(await cl.orders.list({ filters: { ...mine, ...filters } }))
  }

  assert.deepEqual(await found({ status_eq: 'placed' }), [first.id])
  assert.deepEqual(await found({ status_not_in: 'draft,placed' }), [second.id])
  assert.deepEqual(await found({ placed_at_null: true }), [second.id])
  assert.deepEqual(await found({ line_items_sku_code_eq: 'MUG-BLUE' }), [first.id, second.id])
  assert.deepEqual(await found({ line_items_sku_code_eq: 'HOODIE-GREY-M' }), [])
  const both = { customer_reference_eq: customer.reference, number_eq: first.number }
  assert.deepEqual(await found(both), [first.id])
  const params = { filters: { status_not_in: 'draft,pending' }, sort: { number: 'desc' } }
  assert.deepEqual(idsOf(await cl.customers.orders(customer.id, params)), [first.id])
  assert.equal(await cl.orders.count({ filters: mine }), 2)
})

test('a customer with orders cannot be deleted', async () => {
  const customer = await newCustomer()
  const { id } = await pendingOrder(customer)
  await refusal(cl.customers.delete(customer.id), 423, 'LOCKED')
  await cl.orders.delete(id)
  await cl.customers.delete(customer.id)
})

test('a guest checks out from the storefront', async () => {
  const guest = await asGuest()
  const address = email('guest')
  const { id } = await orderOf(guest, { customer_email: address, sku: 'TOTE-NATURAL', quantity: 2 })
  const shipping = await guest.addresses.create(ADDRESS)
  await guest.orders.update({
    id,
    shipping_address: guest.addresses.relationship(shipping.id),
    _billing_address_same_as_shipping: true,
  })
  const cart = await guest.orders.retrieve(id, { include: ['shipping_address', 'line_items'] })
  assert.deepEqual([cart.guest, cart.status, cart.total_amount_cents], [true, 'pending', 3600])
  assert.equal(cart.shipping_address.city, 'Milano')
  assert.equal(cart.line_items[0].sku_code, 'TOTE-NATURAL')

  const placed = await guest.orders._place(id)
  assert.equal(placed.status, 'placed')
  assert.equal((await guest.orders.retrieve(id)).status, 'placed')
  assert.equal((await cl.orders.billing_address(id)).city, 'Milano')

  const found = await cl.customers.list({ filters: { email_eq: address } })
  assert.deepEqual([found.length, found.first().status], [1, 'acquired'])
  assert.equal(found.first().has_password, false)
})

test('a guest may not list orders, set prices, or approve', async () => {
  const guest = await asGuest()
  const { id } = await orderOf(guest, { customer_email: email('guest') })
  const order = guest.orders.relationship(id)
  await refusal(guest.orders.list(), 401, 'UNAUTHORIZED')
  const cheap = { order, sku_code: 'MUG-BLUE', quantity: 1, unit_amount_cents: 1 }
  await refusal(guest.line_items.create(cheap), 401, 'UNAUTHORIZED')
  await guest.orders._place(id)
  await refusal(guest.orders._approve(id), 401, 'UNAUTHORIZED')
})

test('a storefront shows what its market sells', async () => {
  const guest = await asGuest()
  const skus = await guest.skus.list({ filters: { code_start: 'TSHIRT' }, include: ['prices'] })
  assert.equal(skus.length, 2)
  assert.deepEqual(
    Array.from(skus, (sku) => sku.prices[0].amount_cents),
    [2900, 2900],
  )
})

test('a signed-in customer sees and changes only what is theirs', async () => {
  const customer = await newCustomer({ password: PASSWORD })
  const other = await newCustomer()
  const stranger = await pendingOrder(other)
  const own = await asCustomer(customer.email, PASSWORD)
  const { id } = await orderOf(own, {})
  assert.equal((await own.orders.retrieve(id)).customer_email, customer.email)
  assert.equal((await own.orders._place(id)).status, 'placed')
  assert.deepEqual(await standing(customer), ['acquired', 1])

  const shipping = await own.addresses.create(ADDRESS)
  // As the official account pages do: no customer is named, the token says who it is.
  await own.customer_addresses.create({ address: own.addresses.relationship(shipping.id) })
  assert.deepEqual(idsOf(await own.orders.list()), [id])
  assert.equal((await own.customer_addresses.list()).length, 1)
  assert.equal((await own.customer_payment_sources.list()).length, 0)
  assert.equal((await own.customers.orders(customer.id)).length, 1)
  assert.equal(await own.orders.count(), 1)

  await refusal(own.orders.retrieve(stranger.id), 404, 'RECORD_NOT_FOUND')
  await refusal(own.orders.update({ id: stranger.id, reference: 'x' }), 404, 'RECORD_NOT_FOUND')
  await refusal(own.orders._place(stranger.id), 404, 'RECORD_NOT_FOUND')
  const { line_items: lines } = await cl.orders.retrieve(stranger.id, { include: ['line_items'] })
  await refusal(own.line_items.retrieve(lines[0].id), 404, 'RECORD_NOT_FOUND')
  await refusal(own.line_items.delete(lines[0].id), 404, 'RECORD_NOT_FOUND')
  await refusal(own.customers.orders(other.id), 404, 'RECORD_NOT_FOUND')
})

/** Asks for a token of the private market. */
async function asVip({ email: username }) {
  const { clientId } = salesChannelOf(shop)
  const options = { clientId, scope: 'market:code:vip', username, password: PASSWORD }
  return await authenticate('password', { domain, ...options })
}

test('a market of a customer group refuses who is not in it', async () => {
  const { errors } = await asVip(await newCustomer({ password: PASSWORD }))
  assert.deepEqual([errors[0].title, errors[0].status], ['invalid_scope', 400])
  const group = (await cl.customer_groups.list({ filters: { code_eq: 'vip' } })).first()
  const member = await newCustomer({
    password: PASSWORD,
    customer_group: cl.customer_groups.relationship(group),
  })
  assert.equal((await asVip(member)).scope, 'market:code:vip')
})

test('what kept an order from being placed later can be read', async () => {
  const strict = await cl.markets.create({
    name: unique('strict'),
    currency_code: 'EUR',
    addresses_required: true,
  })
  const customer = await newCustomer()
  const { id } = await cl.orders.create({
    market: cl.markets.relationship(strict.id),
    customer: cl.customers.relationship(customer.id),
    place_async: true,
  })
  await cl.line_items.create({
    order: cl.orders.relationship(id),
    name: 'A mug',
    quantity: 1,
    unit_amount_cents: 100,
  })

  assert.equal((await cl.orders._place(id)).status, 'placing')
  const back = await eventually(
    () => cl.orders.retrieve(id, { include: ['resource_errors'] }),
    (order) => order.status === 'pending',
  )

  assert.equal(back.errors_count, back.resource_errors.length)
  const [error] = await cl.orders.resource_errors(id)
  assert.equal(error.code, 'BLANK')
  assert.match(error.name, /_address$/)
  assert.equal((await cl.resource_errors.retrieve(error.id)).message, error.message)
  const listed = await cl.resource_errors.list({ filters: { id_eq: error.id, code_eq: 'BLANK' } })
  assert.deepEqual(idsOf(listed), [error.id])
  assert.equal(await cl.resource_errors.count({ filters: { id_eq: error.id } }), 1)
  assert.deepEqual(Array.from(await cl.resource_errors.event_stores(error.id)), [])
})
