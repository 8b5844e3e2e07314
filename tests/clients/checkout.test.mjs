// An order step by step: every trigger and relationship that the SDK has for orders and their lines.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { ADDRESS, asIntegration, email, idsOf, orderOf, refusal, unique } from './lib.mjs'

let cl
let market
let customer

before(async () => {
  cl = await asIntegration()
  market = (await cl.markets.list({ filters: { code_eq: 'europe' } })).first()
  customer = await cl.customers.create({ email: email('buyer') })
})

async function newOrder(attributes = {}) {
  const made = await orderOf(cl, {
    market: cl.markets.relationship(market),
    customer: cl.customers.relationship(customer.id),
    ...attributes,
  })
  return made.id
}

async function newSource(token) {
  return await cl.customer_payment_sources.create({
    customer: cl.customers.relationship(customer.id),
    customer_token: unique('cus'),
    payment_source_token: unique(token),
  })
}

test('addresses are copied in, across and out', async () => {
  const type = cl.orders
  const [id, address] = [await newOrder(), await cl.addresses.create(ADDRESS)]
  assert.equal((await type._shipping_address_clone_id(id, address.id)).country_code, 'IT')
  const shipping = await type.shipping_address(id)
  assert.notEqual(shipping.id, address.id)
  await type._billing_address_same_as_shipping(id)
  assert.equal((await type.billing_address(id)).id, shipping.id)
  await type._billing_address_clone_id(id, address.id)
  const billing = await type.billing_address(id)
  assert.notEqual(billing.id, shipping.id)
  await type._shipping_address_same_as_billing(id)
  assert.equal((await type.shipping_address(id)).id, billing.id)

  await type._save_shipping_address_to_customer_address_book(id)
  await type._save_billing_address_to_customer_address_book(id)
  assert.equal((await cl.customers.customer_addresses(customer.id)).length, 1)
})

test('an order is sent, from the choice of a method to its door', async () => {
  const type = cl.shipments
  const id = await newOrder()
  const method = await cl.shipping_methods.create({
    name: unique('Courier'),
    price_amount_cents: 900,
    market: cl.markets.relationship(market.id),
  })
  const [shipment] = Array.from(await cl.orders.shipments(id))
  const filters = { id_eq: shipment.id }
  assert.equal(await type.count({ filters }), 1)
  assert.deepEqual(idsOf(await type.list({ filters })), [shipment.id])
  assert.ok(idsOf(await type.available_shipping_methods(shipment.id)).includes(method.id))
  const chosen = cl.shipping_methods.relationship(method.id)
  await type.update({ id: shipment.id, shipping_method: chosen })
  assert.equal((await type.shipping_method(shipment.id)).id, method.id)
  const order = await cl.orders.retrieve(id, { include: ['shipments.shipping_method'] })
  assert.deepEqual([order.shipping_amount_cents, order.shipments_count], [900, 1])
  assert.equal(order.shipments[0].shipping_method.id, method.id)
  assert.equal(await cl.orders.default_shipping_method(id), null)
  assert.equal(await cl.markets.default_shipping_method(market.id), null)
  assert.equal((await type.order(shipment.id)).id, id)
  assert.equal((await type.line_items(shipment.id)).length, 1)
  for (const name of ['shipping_address', 'stock_location', 'origin_address']) {
    assert.equal(await type[name](shipment.id), null, name)
  }
  assert.equal((await type.attachments(shipment.id)).length, 0)

  await cl.orders._place(id)
  await cl.orders._approve(id)
  const steps = ['_on_hold', '_upcoming', '_picking', '_packing', '_ready_to_ship', '_ship']
  for (const name of steps) await type[name](shipment.id)
  assert.equal((await type.retrieve(shipment.id)).status, 'shipped')
  assert.equal((await type._deliver(shipment.id)).status, 'delivered')
  assert.equal((await cl.orders.retrieve(id)).fulfillment_status, 'fulfilled')

  const tag = await cl.tags.create({ name: unique('s') })
  await type._add_tags(shipment.id, tag.name)
  assert.deepEqual(idsOf(await type.tags(shipment.id)), [tag.id])
  await type._remove_tags(shipment.id, tag.name)
  const events = Array.from(await type.events(shipment.id), (event) => event.name)
  assert.ok(events.includes('shipments.deliver'), String(events))
  assert.ok((await type.event_stores(shipment.id)).length > 3)

  const other = await newOrder()
  await cl.orders._place(other)
  await cl.orders._approve(other)
  const [left] = Array.from(await cl.orders.shipments(other))
  assert.equal((await type._cancel(left.id)).status, 'cancelled')
})

test('an order is paid from the wallet of its customer', async () => {
  const [id, source] = [await newOrder(), await newSource('pm')]
  const wallet = await cl.orders.available_customer_payment_sources(id)
  assert.deepEqual(idsOf(wallet), [source.id])
  const include = ['payment_source']
  const paid = await cl.orders._customer_payment_source_id(id, source.id, { include })
  assert.equal((await cl.external_payments.wallet(paid.payment_source.id)).id, source.id)
  await cl.orders._save_payment_source_to_customer_wallet(id)
  assert.equal((await cl.customers.customer_payment_sources(customer.id)).length, 1)
  assert.equal((await cl.orders._nullify_payment_source(id, { include })).payment_source, null)
})

test('an order is paid by one of the methods of its market', async () => {
  const method = await cl.payment_methods.create({
    name: unique('Card'),
    payment_source_type: 'external_payments',
    price_amount_cents: 150,
    market: cl.markets.relationship(market),
  })
  const chosen = { payment_method: cl.payment_methods.relationship(method.id) }
  const id = await newOrder()
  const available = await cl.orders.available_payment_methods(id)
  assert.ok(idsOf(available).includes(method.id))
  const include = ['payment_method', 'available_payment_methods', 'default_payment_method']
  const order = await cl.orders.update({ id, ...chosen }, { include })
  assert.equal(order.payment_method.name, method.name)
  assert.equal(order.available_payment_methods.length, available.length)
  assert.equal(order.default_payment_method, null)
  assert.equal(order.payment_method_amount_cents, 150)
  assert.equal((await cl.orders.payment_method(id)).id, method.id)
  const filters = { payment_method_id_eq: method.id }
  assert.deepEqual(idsOf(await cl.orders.list({ filters })), [id])

  const standard = { default_payment_method: chosen.payment_method }
  await cl.markets.update({ id: market.id, ...standard })
  assert.equal((await cl.markets.default_payment_method(market.id)).id, method.id)
  assert.equal((await cl.orders.default_payment_method(id)).id, method.id)
  await cl.markets.update({
    id: market.id,
    default_payment_method: cl.payment_methods.relationship(null),
  })

  const source = await newSource('pm')
  const entry = await cl.customer_payment_sources.update({ id: source.id, ...chosen })
  assert.equal((await cl.customer_payment_sources.payment_method(entry.id)).id, method.id)
  const wallet = cl.customer_payment_sources
  assert.deepEqual(idsOf(await wallet.list({ filters })), [entry.id])
  const paid = await cl.orders._customer_payment_source_id(await newOrder(), entry.id, { include })
  assert.equal(paid.payment_method.id, method.id)
  await wallet.delete(entry.id)

  await refusal(cl.payment_methods.delete(method.id), 423, 'LOCKED')
  await cl.payment_methods._disable(method.id)
  const refused = cl.orders.update({ id: await newOrder(), ...chosen })
  await refusal(refused, 422, 'VALIDATION_ERROR')
})

test('a customer gets a payment source, which is read back, changed and deleted', async () => {
  const payments = cl.external_payments
  const card = { card_type: 'visa', card_last_digits: '1111' }
  const payment = await payments.create({
    payment_source_token: unique('tok'),
    payment_instrument: card,
  })
  const buyer = await cl.customers.create({ email: email('payer') })
  const { id } = await cl.customer_payment_sources.create({
    customer: cl.customers.relationship(buyer.id),
    payment_source: payments.relationship(payment.id),
  })
  const read = await cl.customer_payment_sources.retrieve(id, { include: ['payment_source'] })
  assert.equal(read.name, 'XXXX-XXXX-XXXX-1111')
  assert.equal(read.payment_source_token, payment.payment_source_token)
  assert.ok(payments.isExternalPayment(read.payment_source))
  assert.deepEqual(read.payment_source.payment_instrument, card)
  assert.equal((await payments.wallet(payment.id)).id, id)
  const options = { locale: 'en' }
  assert.deepEqual((await payments.update({ id: payment.id, options })).options, options)
  assert.ok((await payments.event_stores(payment.id)).length)
  const empty = { id, payment_source: payments.relationship(null) }
  await cl.customer_payment_sources.update(empty)
  await cl.customer_payment_sources.delete(id)
  await payments.delete(payment.id)
})

test('an order is paid with what a gateway made, which is kept for the next', async () => {
  const id = await newOrder()
  const payment = await cl.external_payments.create({
    payment_source_token: unique('tok'),
    order: cl.orders.relationship(id),
  })
  assert.equal((await cl.external_payments.order(payment.id)).id, id)
  const include = ['payment_source']
  assert.equal((await cl.orders.retrieve(id, { include })).payment_source.id, payment.id)
  await cl.orders._save_payment_source_to_customer_wallet(id)
  const filters = { payment_source_token_eq: payment.payment_source_token }
  const entry = (await cl.customer_payment_sources.list({ filters, include })).first()
  assert.equal(entry.payment_source.id, payment.id)
  await cl.customer_payment_sources.delete(entry.id)
})

test('a draft is refreshed, checked, made pending, and edited once it is placed', async () => {
  const type = cl.orders
  const id = await newOrder({ quantity: 2 })
  assert.ok((await type._refresh(id)).refreshed_at)
  assert.equal((await type._refresh_prices(id)).total_amount_cents, 2500)
  assert.equal((await type._validate(id)).id, id)
  assert.equal((await type._pending(id)).status, 'pending')
  await type._place(id)
  assert.equal((await type._start_editing(id)).status, 'editing')
  const [line] = await type.line_items(id)
  await cl.line_items.update({ id: line.id, quantity: 1 })
  const edited = await type._stop_editing(id)
  assert.deepEqual([edited.status, edited.total_amount_cents], ['placed', 1250])
  assert.ok((await type._archive(id)).archived_at)
  assert.equal((await type._unarchive(id)).archived_at, null)
})

test('an order is paid, delivered, paid back and shows what belongs to it', async () => {
  const type = cl.orders
  const place = { name: 'Quay', market: cl.markets.relationship(market) }
  const store = await cl.stores.create(place)
  const id = await newOrder({ store: cl.stores.relationship(store.id) })
  await type._place(id)
  await type._authorize(id)
  assert.equal((await type._approve(id)).status, 'approved')
  assert.equal((await type._capture(id)).payment_status, 'paid')
  assert.equal((await type._fulfill(id)).fulfillment_status, 'fulfilled')
  assert.equal((await type._refund(id)).payment_status, 'refunded')

  assert.equal((await type.market(id)).id, market.id)
  assert.equal((await type.store(id)).id, store.id)
  assert.equal((await type.customer(id)).id, customer.id)
  assert.deepEqual(idsOf(await cl.stores.orders(store.id)), [id])
  for (const name of ['authorizations', 'captures', 'refunds', 'line_items']) {
    assert.equal((await type[name](id)).length, 1, name)
  }
  const { transactions } = await type.retrieve(id, { include: ['transactions'] })
  assert.deepEqual(Array.from(transactions, (one) => one.type), [
    'authorizations',
    'captures',
    'refunds',
  ])
  assert.equal(transactions[1].amount_cents, transactions[2].amount_cents)
  for (const name of ['attachments', 'links', 'notifications', 'returns', 'resource_errors']) {
    assert.equal((await type[name](id)).length, 0, name)
  }
  assert.ok(Array.from(await type.events(id), (event) => event.name).includes('orders.refund'))
  const [latest] = await type.event_stores(id)
  assert.equal((await cl.event_stores.retrieve(latest.id)).resource_id, id)
})

test('orders and their lines are tagged', async () => {
  const id = await newOrder()
  const [line] = await cl.orders.line_items(id)
  const tag = await cl.tags.create({ name: unique('o') })
  for (const [type, row] of [[cl.orders, id], [cl.line_items, line.id]]) {
    await type._add_tags(row, tag.name)
    assert.deepEqual(idsOf(await type.tags(row)), [tag.id])
    await type._remove_tags(row, tag.name)
    assert.deepEqual(idsOf(await type.tags(row)), [])
  }
  assert.equal((await cl.line_items.order(line.id)).id, id)
  assert.deepEqual(idsOf(await cl.line_items.return_line_items(line.id)), [])
  assert.deepEqual(idsOf(await cl.line_items.notifications(line.id)), [])
})
