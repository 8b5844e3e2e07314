// The catalog and the customer's belongings through the SDK: the methods of each resource.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { ADDRESS, asCustomer, asGuest, asIntegration, email, idsOf, refusal, unique } from './lib.mjs'

const PASSWORD = 'correct horse battery'

let cl

before(async () => {
  cl = await asIntegration()
})

/** Reads, lists, counts, changes and deletes a row of any type; `follow` names its relationships. */
async function lifeOf(type, row, { one = {}, many = {} } = {}) {
  const resources = cl[type]
  assert.equal(row.type, type)
  assert.equal((await resources.retrieve(row.id)).id, row.id)
  const filters = { id_eq: row.id }
  assert.deepEqual(idsOf(await resources.list({ filters })), [row.id])
  assert.equal(await resources.count({ filters }), 1)
  const reference = unique('reference')
  assert.equal((await resources.update({ id: row.id, reference })).reference, reference)
  assert.deepEqual(resources.relationship(row.id), { id: row.id, type })
  for (const [name, id] of Object.entries(one)) {
    assert.equal((await resources[name](row.id))?.id ?? null, id, `${type}.${name}`)
  }
  for (const [name, ids] of Object.entries(many)) {
    assert.deepEqual(idsOf(await resources[name](row.id)), ids, `${type}.${name}`)
  }
  assert.equal((await resources.event_stores(row.id)).length, 2)
}

async function endOf(type, { id }) {
  assert.equal(await cl[type].delete(id), undefined)
  await refusal(cl[type].retrieve(id), 404, 'RECORD_NOT_FOUND')
}

async function newSku(attributes = {}) {
  return await cl.skus.create({ code: unique('SKU'), name: 'A mug', ...attributes })
}

async function newCustomer(attributes = {}) {
  return await cl.customers.create({ email: email('owner'), ...attributes })
}

test('SKUs, their prices, lists and items', async () => {
  const sku = await newSku()
  const toSku = { sku: cl.skus.relationship(sku.id) }
  const price = await cl.prices.create({ currency_code: 'EUR', amount_cents: 1250, ...toSku })
  const list = await cl.sku_lists.create({ name: 'Wishes' })
  const item = await cl.sku_list_items.create({
    sku_list: cl.sku_lists.relationship(list.id),
    quantity: 2,
    ...toSku,
  })
  const claimed = { one: { jwt_customer: null }, many: { jwt_markets: [], jwt_stock_locations: [] } }
  await lifeOf('skus', sku, {
    one: claimed.one,
    many: {
      prices: [price.id],
      sku_list_items: [item.id],
      sku_lists: [list.id],
      attachments: [],
      tags: [],
      ...claimed.many,
    },
  })
  assert.equal(Array.from(await cl.skus.events(sku.id))[0].name, 'skus.create')
  await lifeOf('prices', price, {
    one: { sku: sku.id, ...claimed.one },
    many: { attachments: [], ...claimed.many },
  })
  await lifeOf('sku_lists', list, {
    one: { customer: null },
    many: { skus: [sku.id], sku_list_items: [item.id], attachments: [], links: [] },
  })
  await lifeOf('sku_list_items', item, { one: { sku: sku.id, sku_list: list.id } })

  const tag = await cl.tags.create({ name: unique('t') })
  await cl.skus._add_tags(sku.id, tag.name)
  assert.deepEqual(idsOf(await cl.skus.tags(sku.id)), [tag.id])
  await cl.skus._remove_tags(sku.id, tag.name)
  assert.deepEqual(idsOf(await cl.skus.tags(sku.id)), [])

  await endOf('sku_list_items', item)
  await endOf('sku_lists', list)
  await endOf('prices', price)
  await endOf('skus', sku)
})

test('a bundle, what is in it, and its line of an order', async () => {
  const sku = await newSku()
  const list = await cl.sku_lists.create({ name: 'Gift' })
  const parts = { sku: cl.skus.relationship(sku.id), sku_list: cl.sku_lists.relationship(list.id) }
  await cl.sku_list_items.create({ quantity: 2, ...parts })
  const market = await cl.markets.create({ name: 'Gifts', currency_code: 'EUR' })
  await cl.prices.create({ currency_code: 'EUR', amount_cents: 1000, sku: parts.sku })
  const bundle = await cl.bundles.create({
    code: unique('GIFT'),
    name: 'Gift',
    _compute_price_amount: true,
    market: cl.markets.relationship(market.id),
    sku_list: parts.sku_list,
  })
  assert.equal(bundle.formatted_price_amount, '€20,00')
  await lifeOf('bundles', bundle, {
    one: { market: market.id, sku_list: list.id },
    many: { skus: [sku.id], attachments: [], tags: [] },
  })
  assert.deepEqual(idsOf(await cl.sku_lists.bundles(list.id)), [bundle.id])
  await cl.bundles.update({ id: bundle.id, price_amount_cents: 1 })
  assert.equal((await cl.bundles._compute_price_amount(bundle.id)).price_amount_cents, 2000)
  const compared = await cl.bundles._compute_compare_at_amount(bundle.id)
  assert.equal(compared.compare_at_amount_cents, 2000)
  const tag = await cl.tags.create({ name: unique('b') })
  await cl.bundles._add_tags(bundle.id, tag.name)
  assert.deepEqual(idsOf(await cl.bundles.tags(bundle.id)), [tag.id])
  await cl.bundles._remove_tags(bundle.id, tag.name)
  const events = Array.from(await cl.bundles.events(bundle.id), (event) => event.name)
  assert.deepEqual(events.slice(0, 2), ['bundles.create', 'bundles.tagged'])
  const order = await cl.orders.create({ market: cl.markets.relationship(market.id) })
  const to = { order: cl.orders.relationship(order.id), quantity: 1 }
  const byCode = await cl.line_items.create({ bundle_code: bundle.code, ...to })
  const byItem = await cl.line_items.create({ item: cl.bundles.relationship(bundle.id), ...to })
  assert.deepEqual([byCode.item_type, byItem.bundle_code], ['bundles', bundle.code])
  const { bundle: of } = await cl.line_items.retrieve(byItem.id, { include: ['bundle'] })
  assert.equal(of.id, bundle.id)
  await refusal(cl.sku_lists.delete(list.id), 423, 'LOCKED')
  await endOf('orders', order)
  await endOf('bundles', bundle)
  await endOf('sku_lists', list)
})

test('an automatic list fills itself', async () => {
  const prefix = unique('AUTO')
  const first = await newSku({ code: `${prefix}-1` })
  const list = await cl.sku_lists.create({
    name: 'Auto',
    manual: false,
    sku_code_regex: `^${prefix}`,
  })
  const second = await newSku({ code: `${prefix}-2` })
  assert.deepEqual(idsOf(await cl.sku_lists.skus(list.id)), [first.id, second.id])
  const bad = { name: 'Auto', manual: false, sku_code_regex: '(' }
  await refusal(cl.sku_lists.create(bad), 422, 'VALIDATION_ERROR')
})

test('markets, their stores, and stock locations', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const market = await cl.markets.create({
    name: 'Atlantis',
    currency_code: 'EUR',
    customer_group: cl.customer_groups.relationship(group.id),
  })
  assert.equal(market.private, true)
  const wharf = await cl.addresses.create({
    business: true,
    company: 'Tea & Co.',
    line_1: 'Wharf 3',
    city: 'Genova',
    zip_code: '16126',
    country_code: 'IT',
    phone: '+39 010 123',
  })
  const hall = await cl.stock_locations.create({
    name: 'Hall',
    address: cl.addresses.relationship(wharf.id),
  })
  const store = await cl.stores.create({
    name: 'Quay',
    market: cl.markets.relationship(market.id),
    stock_location: cl.stock_locations.relationship(hall.id),
  })
  await lifeOf('markets', market, {
    one: { customer_group: group.id },
    many: { stores: [store.id], attachments: [] },
  })
  assert.ok((await cl.markets._disable(market.id)).disabled_at)
  assert.equal((await cl.markets._enable(market.id)).disabled_at, null)
  const { shared_secret: secret } = await cl.markets.update({
    id: market.id,
    _regenerate_shared_secret: true,
  })
  assert.notEqual(secret, market.shared_secret)
  await lifeOf('stores', store, {
    one: { market: market.id, stock_location: hall.id },
    many: { orders: [] },
  })
  assert.equal((await cl.stores.events(store.id)).length, 1)
  await lifeOf('stock_locations', hall, {
    one: { address: wharf.id },
    many: { stores: [store.id], attachments: [] },
  })
  await lifeOf('customer_groups', group, {
    many: { customers: [], markets: [market.id], attachments: [] },
  })
  await endOf('stores', store)
  await endOf('markets', market)
  await endOf('stock_locations', hall)
  await endOf('customer_groups', group)
})

test('a price list, its prices, and the market that takes it', async () => {
  const list = await cl.price_lists.create({ name: 'Trade', currency_code: 'USD' })
  const toList = { price_list: cl.price_lists.relationship(list.id) }
  const market = await cl.markets.create({ name: 'Trade', ...toList })
  const sku = await newSku()
  const price = await cl.prices.create({
    amount_cents: 900,
    sku: cl.skus.relationship(sku.id),
    ...toList,
  })
  assert.deepEqual([market.currency_code, price.currency_code], ['USD', 'USD'])
  const ends = [
    cl.markets.price_list(market.id),
    cl.markets.base_price_list(market.id),
    cl.prices.price_list(price.id),
  ]
  assert.deepEqual(idsOf(await Promise.all(ends)), [list.id, list.id, list.id])
  await lifeOf('price_lists', list, { many: { prices: [price.id], attachments: [] } })
  const order = await cl.orders.create({ market: cl.markets.relationship(market.id) })
  const line = await cl.line_items.create({
    order: cl.orders.relationship(order.id),
    sku_code: sku.code,
    quantity: 1,
  })
  assert.equal(line.formatted_unit_amount, '$9.00')
  await refusal(cl.price_lists.delete(list.id), 423, 'LOCKED')
  await endOf('orders', order)
  await endOf('markets', market)
  await endOf('price_lists', list)
})

test('a subscription model, and the market that offers it', async () => {
  const frequencies = ['weekly', '0 6 1 * *']
  const model = await cl.subscription_models.create({ name: 'Coffee', frequencies })
  assert.deepEqual(model.frequencies, frequencies)
  assert.deepEqual(
    [model.strategy, model.auto_activate, model.auto_cancel],
    ['by_frequency', true, false],
  )
  const market = await cl.markets.create({
    name: 'Coffee',
    currency_code: 'EUR',
    subscription_model: cl.subscription_models.relationship(model.id),
  })
  assert.equal((await cl.markets.subscription_model(market.id)).id, model.id)
  await lifeOf('subscription_models', model, {
    many: { markets: [market.id], order_subscriptions: [], attachments: [] },
  })
  await refusal(cl.subscription_models.delete(model.id), 423, 'LOCKED')
  await endOf('markets', market)
  await endOf('subscription_models', model)
})

test('payment methods: of a store, and what they cost', async () => {
  const market = await cl.markets.create({ name: 'Quay', currency_code: 'EUR' })
  const store = await cl.stores.create({
    name: 'Quay',
    market: cl.markets.relationship(market.id),
  })
  const method = await cl.payment_methods.create({
    name: 'Card',
    payment_source_type: 'stripe_payments',
    price_amount_cents: 150,
    auto_capture_max_amount_cents: 10000,
    store: cl.stores.relationship(store.id),
  })
  assert.deepEqual([method.currency_code, method.formatted_price_amount], ['EUR', '€1,50'])
  assert.equal(method.auto_capture_max_amount_float, 100)
  await lifeOf('payment_methods', method, {
    one: { market: market.id, store: store.id },
    many: { attachments: [] },
  })
  assert.deepEqual(idsOf(await cl.stores.payment_methods(store.id)), [method.id])
  assert.ok((await cl.payment_methods._disable(method.id)).disabled_at)
  assert.equal((await cl.payment_methods._enable(method.id)).disabled_at, null)
  await endOf('payment_methods', method)
  await endOf('stores', store)
  await endOf('markets', market)
})

test('a shipping method of a market', async () => {
  const market = await cl.markets.create({ name: 'Islands', currency_code: 'EUR' })
  const hall = await cl.stock_locations.create({ name: 'Hall' })
  const method = await cl.shipping_methods.create({
    name: 'Ferry',
    price_amount_cents: 1000,
    free_over_amount_cents: 9900,
    market: cl.markets.relationship(market.id),
    stock_location: cl.stock_locations.relationship(hall.id),
  })
  assert.deepEqual(
    [method.scheme, method.currency_code, method.formatted_price_amount, method.price_amount_float],
    ['flat', 'EUR', '€10,00', 10],
  )
  await lifeOf('shipping_methods', method, {
    one: { market: market.id, stock_location: hall.id },
    many: { attachments: [], notifications: [], tags: [] },
  })
  assert.ok((await cl.shipping_methods._disable(method.id)).disabled_at)
  assert.equal((await cl.shipping_methods._enable(method.id)).disabled_at, null)
  const tag = await cl.tags.create({ name: unique('s') })
  await cl.shipping_methods._add_tags(method.id, tag.name)
  assert.deepEqual(idsOf(await cl.shipping_methods.tags(method.id)), [tag.id])
  await cl.shipping_methods._remove_tags(method.id, tag.name)
  assert.deepEqual(idsOf(await cl.shipping_methods.tags(method.id)), [])
  const events = await cl.shipping_methods.events(method.id)
  assert.equal(Array.from(events)[0].name, 'shipping_methods.create')
  await refusal(cl.stock_locations.delete(hall.id), 423, 'LOCKED')
  await endOf('shipping_methods', method)
  await endOf('stock_locations', hall)
  await endOf('markets', market)
})

test('a coupon of our own kind', async () => {
  const coupon = await cl.coupons.create({ code: unique('SAVE'), percent_off: 10 })
  const tag = await cl.tags.create({ name: unique('c') })
  await lifeOf('coupons', coupon, { many: { tags: [] } })
  await cl.coupons._add_tags(coupon.id, tag.name)
  assert.deepEqual(idsOf(await cl.coupons.tags(coupon.id)), [tag.id])
  await cl.coupons._remove_tags(coupon.id, tag.name)
  assert.deepEqual(idsOf(await cl.coupons.tags(coupon.id)), [])
  const events = await cl.coupons.events(coupon.id)
  assert.ok(Array.from(events, (event) => event.name).includes('coupons.tagged'))
  await endOf('coupons', coupon)
})

test("a customer's addresses, wallet and subscriptions", async () => {
  const customer = await newCustomer()
  const owner = { customer: cl.customers.relationship(customer.id) }
  const address = await cl.addresses.create(ADDRESS)
  const entry = await cl.customer_addresses.create({
    address: cl.addresses.relationship(address.id),
    ...owner,
  })
  const source = await cl.customer_payment_sources.create({
    customer_token: unique('cus'),
    payment_source_token: unique('pm'),
    ...owner,
  })
  const subscription = await cl.customer_subscriptions.create({
    customer_email: customer.email,
    reference: unique('list'),
  })
  const whose = { one: { customer: customer.id } }
  await lifeOf('customer_addresses', entry, { one: { ...whose.one, address: address.id } })
  assert.equal((await cl.customer_addresses.events(entry.id)).length, 1)
  await lifeOf('customer_payment_sources', source, whose)
  await lifeOf('customer_subscriptions', subscription, whose)
  assert.equal((await cl.customer_subscriptions.events(subscription.id)).length, 1)
  assert.equal(await cl.customers.jwt_customer(customer.id), null)
  assert.deepEqual(idsOf(await cl.customers.jwt_markets(customer.id)), [])
  assert.deepEqual(idsOf(await cl.customers.jwt_stock_locations(customer.id)), [])
  await endOf('customer_addresses', entry)
  await endOf('customer_payment_sources', source)
  await endOf('customer_subscriptions', subscription)
})

test('an address stands alone, with tags', async () => {
  const address = await cl.addresses.create(ADDRESS)
  assert.deepEqual(
    [address.is_geocoded, address.provider_name, address.static_map_url],
    [false, null, null],
  )
  await lifeOf('addresses', address, { many: { tags: [] } })
  const tag = await cl.tags.create({ name: unique('t') })
  await cl.addresses._add_tags(address.id, tag.name)
  assert.deepEqual(idsOf(await cl.addresses.tags(address.id)), [tag.id])
  await cl.addresses._remove_tags(address.id, tag.name)
  assert.deepEqual(idsOf(await cl.addresses.tags(address.id)), [])
  assert.ok((await cl.addresses.events(address.id)).length)
  await endOf('addresses', address)
})

test('a signed-in customer lists their own without filters', async () => {
  const people = [
    await newCustomer({ password: PASSWORD }),
    await newCustomer({ password: PASSWORD }),
  ]
  for (const { email: name } of people) {
    const own = await asCustomer(name, PASSWORD)
    const address = await own.addresses.create(ADDRESS)
    const entry = await own.customer_addresses.create({
      address: own.addresses.relationship(address.id),
    })
    await own.addresses.update({ id: address.id, reference: entry.id })
    assert.deepEqual(idsOf(await own.customer_addresses.list()), [entry.id])
    assert.deepEqual(idsOf(await own.customer_payment_sources.list()), [])
    const { id } = (await own.customer_addresses.list({ include: ['customer'] })).first().customer
    assert.equal((await own.customers.jwt_customer(id)).email, name)
  }
})

test('a card number is refused, wherever it stands', async () => {
  const customer = await newCustomer()
  const metadata = { deep: [{ note: 'pay with 4111 1111 1111 1111' }] }
  const update = cl.customers.update({ id: customer.id, metadata })
  await refusal(update, 400, 'CARD_DATA_REFUSED')
  const guest = await asGuest()
  const create = guest.customers.create({ email: email('x'), metadata: { card: { cvc: '123' } } })
  await refusal(create, 400, 'CARD_DATA_REFUSED')
})
