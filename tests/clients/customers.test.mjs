// Customers through the SDK: one at a time, in lists, with their relationships, and wrongly.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { CommerceLayer } from '@commercelayer/sdk/bundle'

import {
  ADDRESS,
  asCustomer,
  asGuest,
  asIntegration,
  domain,
  email,
  idsOf,
  localFetch,
  refusal,
  shop,
  unique,
} from './lib.mjs'

let cl

before(async () => {
  cl = await asIntegration()
})

test('a fresh customer is a prospect with everything generated', async () => {
  const address = email('Fresh.Person')
  const customer = await cl.customers.create({ email: address })

  assert.equal(customer.type, 'customers')
  assert.equal(customer.email.toLowerCase(), address.toLowerCase())
  assert.deepEqual(
    [customer.status, customer.total_orders_count, customer.has_password],
    ['prospect', 0, false],
  )
  assert.ok(customer.shopper_reference.length >= 3)
  assert.ok(customer.profile_id.length >= 3)
  assert.notEqual(customer.shopper_reference, customer.profile_id)
  assert.deepEqual(customer.metadata, {})
  assert.deepEqual(customer.anonymization_info, {})
  assert.deepEqual(
    [customer.anonymization_status, customer.reference, customer.tax_exemption_code],
    [null, null, null],
  )
  assert.equal('password' in customer, false)
  assert.match(customer.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

  assert.deepEqual(await cl.customers.retrieve(customer.id), customer)
  assert.ok(cl.customers.isCustomer(customer))
})

test('what is given on create is kept', async () => {
  const given = {
    email: email('given'),
    shopper_reference: unique('shopper'),
    profile_id: unique('profile'),
    tax_exemption_code: 'EX-1',
    reference: 'ERP-1',
    reference_origin: 'erp',
    metadata: { tier: 'gold', nested: { list: [1, 'two', null] } },
  }
  const customer = await cl.customers.create({ ...given, password: 'correct horse battery' })
  for (const [name, value] of Object.entries(given)) assert.deepEqual(customer[name], value)
  assert.equal(customer.has_password, true)
})

test('an update changes what it names and nothing else', async () => {
  const { id, ...before } = await cl.customers.create({ email: email('update'), reference: 'a' })
  const reference = unique('reference')
  const after = await cl.customers.update({ id, reference, shopper_reference: 'new-one' })
  assert.deepEqual(
    [after.reference, after.shopper_reference, after.email, after.profile_id],
    [reference, 'new-one', before.email, before.profile_id],
  )
  assert.ok(after.updated_at > before.updated_at)
  assert.equal(after.created_at, before.created_at)
  assert.equal((await cl.customers.update({ id, reference: null })).reference, null)
})

test('metadata is replaced as a whole', async () => {
  const { id } = await cl.customers.create({ email: email('meta'), metadata: { a: 1, b: 2 } })
  const { metadata } = await cl.customers.update({ id, metadata: { b: 3 } })
  assert.deepEqual(metadata, { b: 3 })
  assert.deepEqual((await cl.customers.update({ id, metadata: {} })).metadata, {})
})

test('a retrieved object can be sent back as it came', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const { id } = await cl.customers.create({
    email: email('back'),
    customer_group: cl.customer_groups.relationship(group.id),
  })
  const retrieved = await cl.customers.retrieve(id, { include: ['customer_group'] })
  assert.equal(retrieved.customer_group.name, group.name)

  const updated = await cl.customers.update({ ...retrieved, reference: 'sent back' })
  assert.equal(updated.reference, 'sent back')

  await bookOf(id, 1)
  const include = ['orders', 'tags', 'events', 'customer_addresses.address']
  const full = await cl.customers.retrieve(id, { include })
  assert.equal((await cl.customers.update({ ...full, reference: 'again' })).reference, 'again')

  const lie = { ...retrieved, total_orders_count: 99 }
  const error = await refusal(cl.customers.update(lie), 400, 'PARAM_NOT_ALLOWED')
  assert.match(error.first().detail, /total_orders_count/)
})

test('a customer joins a group and leaves it again', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const { id } = await cl.customers.create({ email: email('member') })
  const joined = await cl.customers.update(
    { id, customer_group: cl.customer_groups.relationship(group) },
    { include: ['customer_group'] },
  )
  assert.equal(joined.customer_group.id, group.id)
  assert.equal((await cl.customers.customer_group(id)).name, group.name)
  assert.deepEqual(idsOf(await cl.customer_groups.customers(group.id)), [id])

  const left = await cl.customers.update(
    { id, customer_group: cl.customer_groups.relationship(null) },
    { include: ['customer_group'] },
  )
  assert.equal(left.customer_group, null)
  assert.equal(await cl.customers.customer_group(id), null)
})

test('included resources are resolved, to any depth, and only those', async () => {
  const { id } = await cl.customers.create({ email: email('include') })
  await bookOf(id, 2)
  const plain = await cl.customers.retrieve(id)
  assert.equal('customer_addresses' in plain, false)

  const include = ['customer_group', 'customer_addresses.address', 'orders']
  const full = await cl.customers.retrieve(id, { include })
  assert.equal(full.customer_group, null)
  assert.deepEqual(full.orders, [])
  assert.deepEqual(full.customer_addresses.map((entry) => entry.address.city), ['Milano', 'Milano'])
  assert.equal('customer' in full.customer_addresses[0], false)

  const round = ['customer_addresses', 'customer_addresses.customer']
  const { customer_addresses: entries } = await cl.customers.retrieve(id, { include: round })
  assert.equal(entries[0].customer.id, id)
})

/** Gives a customer an address book of `count` entries. */
async function bookOf(id, count) {
  for (let number = 0; number < count; number += 1) {
    const address = await cl.addresses.create({ ...ADDRESS, line_2: `Floor ${number}` })
    await cl.customer_addresses.create({
      customer: cl.customers.relationship(id),
      address: cl.addresses.relationship(address.id),
    })
  }
}

test('sparse fieldsets leave out everything else', async () => {
  const { id } = await cl.customers.create({ email: email('sparse') })
  const sparse = await cl.customers.retrieve(id, { fields: ['email', 'status'] })
  assert.deepEqual(Object.keys(sparse).sort(), ['email', 'id', 'status', 'type'])

  await bookOf(id, 1)
  const params = {
    include: ['customer_addresses.address'],
    fields: {
      customers: ['id', 'customer_addresses'],
      customer_addresses: ['address'],
      addresses: ['city'],
    },
  }
  const [entry] = (await cl.customers.retrieve(id, params)).customer_addresses
  assert.deepEqual(Object.keys(entry.address).sort(), ['city', 'id', 'type'])
  const updated = await cl.customers.update({ id, reference: 'x' }, { fields: ['reference'] })
  assert.deepEqual(Object.keys(updated).sort(), ['id', 'reference', 'type'])
})

test('lists are filtered by every kind of predicate', async (t) => {
  const word = unique('flock')
  const group = await cl.customer_groups.create({ name: `VIP & co ${word}`, code: word })
  const people = []
  for (const [index, name] of ['ada', 'bob', 'cyd'].entries()) {
    people.push(
      await cl.customers.create({
        email: `${name}+x.${word}@example.com`,
        reference: index === 2 ? null : `${word}-${index}`,
        reference_origin: word,
        metadata: { tier: index ? 'silver' : 'gold', size: index },
        ...(index === 0 && { customer_group: cl.customer_groups.relationship(group.id) }),
      }),
    )
  }
  const [ada, bob, cyd] = people.map((person) => person.id)
  const cases = [
    [{ email_eq: people[0].email }, [ada]],
    [{ email_not_eq: people[0].email }, [bob, cyd]],
    [{ email_start: 'bob+x' }, [bob]],
    [{ email_end: `${word}@example.com` }, [ada, bob, cyd]],
    [{ email_cont: `da+x.${word}` }, [ada]],
    [{ email_i_cont: 'CYD+X' }, [cyd]],
    [{ email_not_cont: 'ada' }, [bob, cyd]],
    [{ email_matches: `%b+x.${word}%` }, [bob]],
    [{ email_start_any: ['ada', 'cyd'] }, [ada, cyd]],
    [{ email_does_not_match_any: ['ada%', 'bob%'] }, [ada, bob, cyd]],
    [{ id_in: [ada, cyd] }, [ada, cyd]],
    [{ id_not_in: [ada, cyd] }, [bob]],
    [{ reference_null: true }, [cyd]],
    [{ reference_not_null: 'true' }, [ada, bob]],
    [{ reference_present: true }, [ada, bob]],
    [{ reference_blank: true }, [cyd]],
    [{ reference_eq_or_null: `${word}-0` }, [ada, cyd]],
    [{ reference_in: [`${word}-0`, `${word}-1`] }, [ada, bob]],
    [{ status_in: ['prospect', 'repeat'] }, [ada, bob, cyd]],
    [{ status_eq: 'acquired' }, []],
    [{ total_orders_count_gteq: 0, total_orders_count_lt: 1 }, [ada, bob, cyd]],
    [{ total_orders_count_gt: 0 }, []],
    [{ created_at_gt: '2026-01-01' }, [ada, bob, cyd]],
    [{ created_at_lteq: people[1].created_at }, null],
    [{ metadata_jcont: { tier: 'gold' } }, [ada]],
    [{ metadata_jcont: { tier: 'silver', size: 2 } }, [cyd]],
    [{ customer_group_name_eq: `VIP & co ${word}` }, [ada]],
    [{ customer_group_id_eq: group.id }, [ada]],
    [{ customer_group_null: true }, [bob, cyd]],
    [{ email_or_reference_eq: `${word}-1` }, [bob]],
    [{ email_or_customer_group_code_cont: word }, [ada, bob, cyd]],
    [{ anonymization_status_null: true }, [ada, bob, cyd]],
  ]
  for (const [filters, expected] of cases) {
    await t.test(JSON.stringify(filters), async () => {
      const all = { reference_origin_eq: word, ...filters }
      const found = await cl.customers.list({ filters: all, sort: ['email'] })
      if (expected) assert.deepEqual(idsOf(found), expected)
      assert.equal(await cl.customers.count({ filters: all }), found.length)
    })
  }
})

test('lists are sorted and paged', async () => {
  const word = unique('page')
  for (const [index, reference] of ['b', 'a', 'c', 'a', 'b'].entries()) {
    await cl.customers.create({
      email: `${index}.${word}@example.com`,
      reference,
      reference_origin: word,
    })
  }
  const filters = { reference_origin_eq: word }
  const ids = (page) => Array.from(page, (customer) => customer.email[0]).join('')
  const list = (params) => cl.customers.list({ filters, ...params })

  assert.equal(ids(await list({ sort: ['-reference', 'email'] })), '20413')
  assert.equal(ids(await list({ sort: ['reference', '-email'] })), '31402')
  assert.equal(ids(await list({ sort: { reference: 'asc', created_at: 'desc' } })), '31402')

  const first = await list({ sort: ['email'], pageSize: 2 })
  assert.deepEqual({ ...first.meta }, {
    pageCount: 3, recordCount: 5, currentPage: 1, recordsPerPage: 2,
  })
  assert.deepEqual([first.hasPrevPage(), first.hasNextPage()], [false, true])
  const last = await list({ sort: ['email'], pageSize: 2, pageNumber: 3 })
  assert.equal(ids(last), '4')
  assert.deepEqual([last.hasPrevPage(), last.hasNextPage()], [true, false])
  assert.deepEqual([...(await list({ pageSize: 2, pageNumber: 4 }))], [])
  assert.equal(await cl.customers.count({ filters }), 5)

  const none = await cl.customers.list({ filters: { email_eq: 'nobody' } })
  assert.deepEqual([none.length, none.recordCount, none.first()], [0, 0, undefined])
})

test('a page has ten customers unless asked for up to twenty-five', async () => {
  assert.equal((await cl.customers.list()).length, 10)
  assert.ok((await cl.customers.list({ pageSize: 25 })).length > 10)
  const error = await refusal(cl.customers.list({ pageSize: 26 }), 400, 'INVALID_PAGE_VALUE')
  assert.equal(error.first().detail, 'size exceeds maximum page size of 25.')
})

test('what the server does not know it refuses', async () => {
  const wrong = [
    [{ filters: { shoe_size_eq: 42 } }, 'INVALID_FILTERS_SYNTAX', 'FILTER_NOT_ALLOWED'],
    [{ sort: ['shoe_size'] }, 'INVALID_SORT_CRITERIA'],
    [{ include: ['shoes'] }, 'INVALID_INCLUDE'],
    [{ fields: ['shoe_size'] }, 'INVALID_FIELD'],
  ]
  for (const [params, ...codes] of wrong) {
    const error = await cl.customers.list(params).catch((reason) => reason)
    assert.equal(error.status, 400, JSON.stringify(params))
    assert.ok(codes.includes(error.first().code), error.first().code)
    assert.ok(error.first().source.parameter)
  }
  await refusal(cl.customers.update({ id: 'x', shoe_size: 42 }), 404, 'RECORD_NOT_FOUND')
  const unknown = cl.customers.create({ email: email('unknown'), shoe_size: 42 })
  await refusal(unknown, 400, 'PARAM_NOT_ALLOWED')
})

test('every list below a customer answers', async () => {
  const { id } = await cl.customers.create({ email: email('below') })
  await bookOf(id, 1)
  const lists = [
    'customer_payment_sources', 'customer_subscriptions', 'orders', 'order_subscriptions',
    'returns', 'sku_lists', 'attachments', 'events', 'tags', 'event_stores',
  ]
  const [entry] = await cl.customers.customer_addresses(id)
  assert.match(entry.name, /Augusta Byron/)
  assert.equal((await cl.customer_addresses.customer(entry.id)).id, id)
  assert.equal((await cl.customer_addresses.address(entry.id)).last_name, 'Byron')
  const failed = []
  for (const name of lists) {
    const reply = await cl.customers[name](id, { pageSize: 25 }).catch((error) => error)
    if (!Array.isArray(reply)) failed.push([name, reply.status])
  }
  assert.deepEqual(failed, [])
})

test('an address book entry is taken out again', async () => {
  const { id } = await cl.customers.create({ email: email('book') })
  await bookOf(id, 2)
  const [first] = await cl.customers.customer_addresses(id)
  await cl.customer_addresses.delete(first.id)
  assert.equal((await cl.customers.customer_addresses(id)).length, 1)
})

test('tags are added before others are removed, unknown names are dropped', async () => {
  const [red, blue] = [unique('r'), unique('b')]
  for (const name of [red, blue]) await cl.tags.create({ name })
  const { id } = await cl.customers.create({ email: email('tags') })
  const names = async () => Array.from(await cl.customers.tags(id), (tag) => tag.name).sort()

  await cl.customers._add_tags(id, `${red},${blue},unheard-of`)
  assert.deepEqual(await names(), [blue, red].sort())
  await cl.customers.update({ id, _add_tags: red, _remove_tags: red })
  assert.deepEqual(await names(), [blue])
  await cl.customers.update({ id, tags: cl.tags.relationshipToMany() })
  assert.deepEqual(await names(), [])
})

test('a deleted customer is gone', async () => {
  const { id } = await cl.customers.create({ email: email('deleted') })
  assert.equal(await cl.customers.delete(id), undefined)
  const error = await refusal(cl.customers.retrieve(id), 404, 'RECORD_NOT_FOUND')
  assert.equal(error.type, 'response')
  await refusal(cl.customers.delete(id), 404, 'RECORD_NOT_FOUND')
})

test('an unknown id is not found', async () => {
  await refusal(cl.customers.retrieve('fake-id'), 404, 'RECORD_NOT_FOUND')
})

test('an empty e-mail is refused, as the error interceptor sees', async () => {
  const seen = []
  const watched = await asIntegration()
  watched.addResponseInterceptor(undefined, (error) => {
    seen.push(error.request.method)
    return error
  })
  const error = await refusal(watched.customers.create({ email: '' }), 422, 'VALIDATION_ERROR')
  assert.deepEqual(seen, ['POST'])
  assert.deepEqual(error.first(), {
    title: "can't be blank",
    detail: "email - can't be blank",
    code: 'VALIDATION_ERROR',
    source: { pointer: '/data/attributes/email' },
    status: '422',
    meta: { error: 'blank', value: '' },
  })
})

test('a second customer of the same e-mail is refused, whatever its case', async () => {
  const address = email('twice')
  await cl.customers.create({ email: address })
  for (const again of [address, address.toUpperCase()]) {
    const error = await refusal(cl.customers.create({ email: again }), 422, 'VALIDATION_ERROR')
    assert.equal(error.first().meta.error, 'taken')
    assert.equal(error.first().source.pointer, '/data/attributes/email')
    assert.equal(error.first().title, 'has already been taken')
  }
})

test('an e-mail that is none and a short shopper reference are refused together', async () => {
  const call = cl.customers.create({ email: 'nobody', shopper_reference: 'x' })
  const { errors } = await refusal(call, 422, 'VALIDATION_ERROR')
  assert.deepEqual(
    errors.map((error) => error.source.pointer).sort(),
    ['/data/attributes/email', '/data/attributes/shopper_reference'],
  )
})

test('the checks of the SDK itself pass', async () => {
  const list = await cl.customers.list({ pageSize: 1 })
  assert.equal(list.length, 1)
  assert.deepEqual(list.first(), list.last())
  const { id } = list.first()
  assert.equal((await cl.customers.retrieve(id)).id, id)

  const application = await cl.application.retrieve()
  assert.equal(application.type, 'applications')
  assert.equal(application.kind, 'integration')
  assert.ok(application.id)
  const organization = await cl.organization.retrieve()
  assert.deepEqual([organization.type, organization.slug], ['organizations', shop.organization])
  const { kind } = await cl.application.retrieve({ fields: ['kind'] })
  assert.equal(kind, 'integration')

  const rows = await cl.customers.list({ filters: { total_orders_count_gt: 0 }, pageSize: 1 })
  const [order] = await cl.customers.orders(rows.first().id)
  assert.equal((await cl.orders.customer(order.id)).id, rows.first().id)
  assert.equal(cl.currentOrganization, shop.organization)

  const reader = cl.addRawResponseReader({ headers: true })
  await cl.customers.retrieve(id)
  assert.equal(reader.rawResponse.data.id, id)
  cl.removeRawResponseReader()
})

test('a server that is not there is a client error', async () => {
  const nowhere = CommerceLayer({
    accessToken: cl.currentAccessToken,
    organization: shop.organization,
    domain: 'nowhere.invalid',
    fetch: () => Promise.reject(new TypeError('fetch failed')),
  })
  await assert.rejects(nowhere.customers.list(), { name: 'SdkError', type: 'client' })
})

test('documents link to where the request was made', async () => {
  const reply = await localFetch(`https://${shop.organization}.${domain}/api/customers`, {
    headers: {
      accept: 'application/vnd.api+json',
      authorization: `Bearer ${cl.currentAccessToken}`,
    },
  })
  assert.equal(reply.headers.get('content-type'), 'application/vnd.api+json')
  const { data, links, meta } = await reply.json()
  assert.deepEqual(Object.keys(meta).sort(), ['page_count', 'record_count'])
  assert.ok(links.first && links.last && links.next && !links.prev)
  assert.equal(data[0].links.self, `${shop.base_url}/api/customers/${data[0].id}`)
  assert.equal(data[0].meta.mode, 'test')
  assert.ok(data[0].meta.organization_id)
  assert.deepEqual(Object.keys(data[0].relationships.customer_group), ['links'])
})

test('a storefront may create a customer, but not look at one', async () => {
  const guest = await asGuest()
  const created = await guest.customers.create({
    email: email('signup'),
    password: 'correct horse battery',
  })
  await refusal(guest.customers.list(), 401, 'UNAUTHORIZED')
  await refusal(guest.customers.retrieve(created.id), 401, 'UNAUTHORIZED')
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const sneaky = guest.customers.create({
    email: email('sneaky'),
    customer_group: cl.customer_groups.relationship(group.id),
  })
  await refusal(sneaky, 401, 'UNAUTHORIZED')

  const own = await asCustomer(created.email, 'correct horse battery')
  assert.equal((await own.customers.retrieve(created.id)).email, created.email)
  assert.equal((await own.customers.update({ id: created.id, reference: 'me' })).reference, 'me')
  const other = await cl.customers.create({ email: email('other') })
  await refusal(own.customers.retrieve(other.id), 404, 'RECORD_NOT_FOUND')
  await refusal(own.customers.update({ id: other.id, reference: 'x' }), 404, 'RECORD_NOT_FOUND')
  await refusal(own.customers.list(), 401, 'UNAUTHORIZED')
})
