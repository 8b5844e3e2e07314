// Reading through the SDK: includes, fields, filters, sorting, pages, singletons.

import assert from 'node:assert/strict'
import { before, test } from 'node:test'

import { revoke } from '@commercelayer/js-auth'
import { CommerceLayer } from '@commercelayer/sdk/bundle'

import {
  asIntegration,
  assertRevoked,
  bookOf,
  domain,
  email,
  idsOf,
  localFetch,
  refusal,
  salesChannelOf,
  sdk,
  shop,
  signIn,
  unique,
} from './lib.mjs'

let cl

before(async () => {
  cl = await asIntegration()
})

test('included resources are resolved, to any depth, and only those', async () => {
  const { id } = await cl.customers.create({ email: email('include') })
  await bookOf(cl, id, 2)
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

test('sparse fieldsets leave out everything else', async () => {
  const { id } = await cl.customers.create({ email: email('sparse') })
  const sparse = await cl.customers.retrieve(id, { fields: ['email', 'status'] })
  assert.deepEqual(Object.keys(sparse).sort(), ['email', 'id', 'status', 'type'])

  await bookOf(cl, id, 1)
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

test('a list includes what its rows share once for each of them', async () => {
  const group = await cl.customer_groups.create({ name: unique('Group') })
  const customer_group = cl.customer_groups.relationship(group)
  for (const name of ['a', 'b']) await cl.customers.create({ email: email(name), customer_group })
  const list = await cl.customers.list({
    filters: { customer_group_id_eq: group.id },
    include: ['customer_group', 'customer_addresses'],
    fields: { customers: ['email', 'customer_group'], customer_groups: ['name'] },
    sort: { email: 'asc' },
    pageSize: 5,
  })
  assert.equal(list.length, 2)
  for (const customer of list) {
    assert.deepEqual(Object.keys(customer).sort(), ['customer_group', 'email', 'id', 'type'])
    const shared = { id: group.id, type: 'customer_groups', name: group.name }
    assert.deepEqual(customer.customer_group, shared)
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
  await bookOf(cl, id, 1)
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

test('the SDK renews an expired token by itself', async (t) => {
  const { accessToken } = await signIn(shop.customer.email, shop.customer.password)
  const { ownerId, ...fresh } = await signIn(shop.customer.email, shop.customer.password)
  const asked = []
  const refreshToken = async (old) => {
    asked.push(old)
    return fresh.accessToken
  }
  const { clientId } = salesChannelOf(shop)
  await revoke({ clientId, token: accessToken })
  await assertRevoked(accessToken)

  const own = sdk(accessToken, { refreshToken })
  await refusal(own.customers.retrieve(ownerId), 401, 'INVALID_TOKEN')
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 15_000_000 })
  assert.equal((await own.customers.retrieve(ownerId)).id, ownerId)
  assert.deepEqual(asked, [accessToken])
})
