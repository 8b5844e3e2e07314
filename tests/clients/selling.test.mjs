// Order subscriptions, payments and returns through the SDK.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { asIntegration, email, eventually, idsOf, orderOf, refusal } from './lib.mjs'

let cl
let market

before(async () => {
  cl = await asIntegration()
  market = (await cl.markets.list({ filters: { code_eq: 'europe' } })).first()
})

/** A placed order of two mugs. */
async function placedOrder(line = {}) {
  const customer = await cl.customers.create({ email: email('buyer') })
  const { id } = await orderOf(cl, {
    market: cl.markets.relationship(market),
    customer: cl.customers.relationship(customer),
    quantity: 2,
  })
  const [{ id: first }] = await cl.orders.line_items(id)
  if (Object.keys(line).length) await cl.line_items.update({ id: first, ...line })
  return { order: await cl.orders._place(id), customer, line: first }
}

test('a subscription is made, changed, stopped and deleted', async () => {
  const { order, customer } = await placedOrder()
  const type = cl.order_subscriptions
  const made = await type.create({
    frequency: 'weekly',
    source_order: cl.orders.relationship(order),
    market: cl.markets.relationship(market),
  })
  assert.equal(made.status, 'active')
  assert.equal((await type.retrieve(made.id, { include: ['customer'] })).customer.id, customer.id)
  const filters = { customer_id_eq: customer.id, frequency_eq: 'weekly' }
  assert.deepEqual(idsOf(await type.list({ filters, sort: { next_run_at: 'asc' } })), [made.id])
  assert.equal(await type.count({ filters }), 1)
  assert.equal((await type.update({ id: made.id, frequency: '0 6 1 * *' })).frequency, '0 6 1 * *')
  assert.equal((await type._deactivate(made.id)).status, 'inactive')
  assert.equal((await type._activate(made.id)).status, 'active')
  await type._convert(made.id)
  assert.equal((await type.order_subscription_items(made.id)).length, 1)
  assert.equal((await type.market(made.id)).id, market.id)
  assert.equal(await type.subscription_model(made.id), null)
  assert.equal((await type.source_order(made.id)).id, order.id)
  assert.equal((await type.customer(made.id)).id, customer.id)
  assert.equal(await type.customer_payment_source(made.id).catch(() => null), null)
  assert.equal((await type.recurring_order_copies(made.id)).length, 0)
  assert.equal((await type.orders(made.id)).length, 0)
  const { name: tag } = await cl.tags.create({ name: `t${Date.now()}` })
  await type._add_tags(made.id, tag)
  assert.equal((await type.tags(made.id)).length, 1)
  await type._remove_tags(made.id, tag)
  assert.ok((await type.events(made.id)).length > 2)
  assert.ok((await type.event_stores(made.id)).length > 2)
  assert.equal((await type._cancel(made.id)).status, 'cancelled')
  await type.delete(made.id)
  await refusal(type.retrieve(made.id), 404, 'RECORD_NOT_FOUND')
})

test('lines with a frequency subscribe, and items can be edited', async () => {
  const { order } = await placedOrder({ frequency: 'monthly' })
  await cl.orders._create_subscriptions(order.id)
  const [subscription] = await cl.orders.order_subscriptions(order.id)
  const type = cl.order_subscription_items
  const [first] = await cl.order_subscriptions.order_subscription_items(subscription.id)
  assert.deepEqual([first.sku_code, first.quantity], ['MUG-BLUE', 2])
  const sku = (await cl.skus.list({ filters: { code_eq: 'TOTE-NATURAL' } })).first()
  const added = await type.create({
    order_subscription: cl.order_subscriptions.relationship(subscription),
    item: cl.skus.relationship(sku),
    quantity: 1,
  })
  assert.equal((await type.update({ id: added.id, quantity: 3 })).total_amount_cents, 5400)
  assert.equal((await type.retrieve(added.id, { include: ['sku'] })).sku.id, sku.id)
  const filters = { order_subscription_id_eq: subscription.id }
  assert.equal((await type.list({ filters })).length, 2)
  assert.equal(await type.count({ filters }), 2)
  assert.equal((await type.order_subscription(added.id)).id, subscription.id)
  assert.ok((await type.source_line_item(first.id)).id)
  assert.ok((await type.event_stores(added.id)).length)
  await type.delete(added.id)
  assert.equal(await type.count({ filters }), 1)
})

test('a worker makes the next order when it is due', async () => {
  const { order, customer } = await placedOrder()
  const { id } = await cl.order_subscriptions.create({
    frequency: 'monthly',
    source_order: cl.orders.relationship(order),
  })
  const soon = new Date(Date.now() + 1_500).toISOString()
  await cl.order_subscriptions.update({ id, next_run_at: soon })
  const read = () => cl.order_subscriptions.retrieve(id, { include: ['orders'] })
  const ran = await eventually(read, (one) => one.occurrencies === 1)
  assert.deepEqual([ran.status, ran.succeeded_on_last_run], ['active', true])
  assert.equal(ran.orders[0].status, 'placed')
  assert.equal((await cl.customers.retrieve(customer.id)).total_orders_count, 2)

  const type = cl.recurring_order_copies
  const [copy] = await type.list({ filters: { order_subscription_id_eq: id } })
  assert.equal(await type.count({ filters: { order_subscription_id_eq: id } }), 1)
  assert.equal((await type.retrieve(copy.id)).status, 'completed')
  assert.equal((await type.source_order(copy.id)).id, order.id)
  assert.equal((await type.target_order(copy.id)).id, ran.orders[0].id)
  assert.equal((await type.order_subscription(copy.id)).id, id)
  assert.equal((await type.events(copy.id)).length, 1)
  assert.equal((await type.event_stores(copy.id)).length, 1)
  assert.equal((await cl.orders.order_subscription(ran.orders[0].id)).id, id)
})

test('money is held, taken, given up and given back in parts', async () => {
  const { order } = await placedOrder()
  await cl.orders._authorization_amount_cents(order.id, 2000)
  assert.equal((await cl.orders._authorize(order.id)).payment_status, 'partially_authorized')
  const holding = cl.authorizations
  const [{ id }] = await cl.orders.authorizations(order.id)
  const filters = { order_id_eq: order.id }
  assert.deepEqual(idsOf(await holding.list({ filters })), [id])
  assert.equal(await holding.count({ filters }), 1)
  await holding._capture_amount_cents(id, 1500)
  await holding._capture(id)
  assert.equal((await holding._void(id)).void_balance_cents, 0)
  assert.equal((await holding.update({ id, reference: 'psp' })).reference, 'psp')
  assert.equal((await holding.retrieve(id)).amount_cents, 2000)
  const taking = cl.captures
  const [capture] = await holding.captures(id)
  await taking._refund_amount_cents(capture.id, 400)
  assert.equal((await taking._refund(capture.id)).refund_balance_cents, 1100)
  assert.equal((await cl.orders.retrieve(order.id)).payment_status, 'partially_refunded')

  const [given, [voided]] = [cl.refunds, await holding.voids(id)]
  const [refund] = await taking.refunds(capture.id)
  assert.equal((await taking.reference_authorization(capture.id)).id, id)
  assert.equal((await given.reference_capture(refund.id)).id, capture.id)
  assert.equal((await cl.voids.reference_authorization(voided.id)).id, id)
  const rows = [[holding, id], [taking, capture.id], [given, refund.id], [cl.voids, voided.id]]
  for (const [type, row] of rows) {
    assert.equal((await type.order(row)).id, order.id)
    assert.equal((await type.list({ filters })).length, 1)
    assert.equal(await type.count({ filters }), 1)
    assert.equal((await type.retrieve(row, { include: ['order'] })).order.id, order.id)
    assert.equal((await type.update({ id: row, metadata: { a: 1 } })).metadata.a, 1)
    assert.equal((await type.attachments(row)).length, 0)
    assert.equal((await type.events(row)).length, 1)
    assert.ok((await type.event_stores(row)).length)
  }
})

test('goods come back, and their money', async () => {
  const { order, customer, line } = await placedOrder()
  await cl.orders._authorize(order.id)
  await cl.orders._approve_and_capture(order.id)
  const [capture] = await cl.orders.captures(order.id)
  const [type, lines] = [cl.returns, cl.return_line_items]
  const location = (await cl.stock_locations.list()).first()
  const { id } = await type.create({
    order: cl.orders.relationship(order),
    reference_capture: cl.captures.relationship(capture),
  })
  const back = await lines.create({
    return: type.relationship(id),
    line_item: cl.line_items.relationship(line),
    quantity: 2,
    return_reason: { size: 'was wrong' },
  })
  assert.equal((await lines.update({ id: back.id, quantity: 1 })).total_amount_cents, 1250)
  const spare = await type.create({ order: cl.orders.relationship(order) })
  await type.delete(spare.id)
  const stock = cl.stock_locations.relationship(location)
  await type.update({ id, stock_location: stock })
  for (const step of ['_request', '_approve', '_ship', '_receive', '_restock']) await type[step](id)
  await type._refund_amount_cents(id, 1000)
  assert.equal((await type._refund(id)).status, 'refunded')
  await type._archive(id)
  assert.equal((await type._unarchive(id)).archived_at, null)
  const { name: tag } = await cl.tags.create({ name: `r${Date.now()}` })
  await type._add_tags(id, tag)
  assert.equal((await type.tags(id)).length, 1)
  await type._remove_tags(id, tag)

  assert.equal((await type.retrieve(id, { include: ['order'] })).order.id, order.id)
  assert.deepEqual(idsOf(await type.list({ filters: { customer_id_eq: customer.id } })), [id])
  assert.equal(await type.count({ filters: { order_id_eq: order.id } }), 1)
  assert.equal((await type.order(id)).id, order.id)
  assert.equal((await type.customer(id)).id, customer.id)
  assert.equal((await type.stock_location(id)).id, location.id)
  const dock = await cl.stock_locations.address(location.id)
  assert.equal((await type.destination_address(id)).id, dock.id)
  assert.equal((await type.reference_capture(id)).refund_balance_cents, 1500)
  const refund = await type.reference_refund(id)
  assert.equal(refund.amount_cents, 1000)
  assert.equal((await cl.refunds.return(refund.id)).id, id)
  assert.equal((await cl.captures.return(capture.id)).id, id)
  assert.equal(await type.origin_address(id).catch(() => null), null)
  assert.equal((await type.return_line_items(id)).length, 1)
  assert.equal((await type.attachments(id)).length, 0)
  assert.equal((await type.resource_errors(id)).length, 0)
  assert.ok((await type.events(id)).length > 4)
  assert.ok((await type.event_stores(id)).length > 4)

  assert.ok((await lines._restock(back.id)).restocked_at)
  assert.equal((await lines.retrieve(back.id)).return_reason.size, 'was wrong')
  assert.equal((await lines.list({ filters: { return_id_eq: id } })).length, 1)
  assert.equal(await lines.count({ filters: { return_id_eq: id } }), 1)
  assert.equal((await lines.return(back.id)).id, id)
  assert.equal((await lines.line_item(back.id)).id, line)
  assert.ok((await lines.event_stores(back.id)).length)
  const other = await type.create({ order: cl.orders.relationship(order) })
  const more = await lines.create({
    return: type.relationship(other.id),
    line_item: cl.line_items.relationship(line),
    quantity: 1,
  })
  await lines.delete(more.id)
  await type._request(other.id).catch(() => null)
  await lines.create({
    return: type.relationship(other.id),
    line_item: cl.line_items.relationship(line),
    quantity: 1,
  })
  await type._request(other.id)
  assert.equal((await type._cancel(other.id)).status, 'cancelled')
  const third = await type.create({ order: cl.orders.relationship(order) })
  await lines.create({
    return: type.relationship(third.id),
    line_item: cl.line_items.relationship(line),
    quantity: 1,
  })
  for (const step of ['_request', '_approve', '_ship']) await type[step](third.id)
  assert.equal((await type._reject(third.id)).status, 'rejected')
})
