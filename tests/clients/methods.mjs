// What the official SDK can ask of each type of resource; run, it prints {type: [methods]}.

import { pathToFileURL } from 'node:url'

import { CommerceLayer } from '@commercelayer/sdk/bundle'

/** These send no request. */
const HELPERS = /^(constructor|type|path|parse|withAdapter|relationship.*|is[A-Z].*)$/

function* prototypesOf(object) {
  for (
    let prototype = Object.getPrototypeOf(object);
    prototype !== Object.prototype;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    yield prototype
  }
}

/** The methods of one resource that send a request. */
export function methodsOf(resource) {
  const names = [...prototypesOf(resource)].flatMap(Object.getOwnPropertyNames)
  const methods = names.filter((name) => typeof resource[name] === 'function')
  return [...new Set(methods)].filter((name) => !HELPERS.test(name)).sort()
}

/** The names of all resources of a client. */
export function resourcesOf(cl) {
  const names = [...prototypesOf(cl)].flatMap(Object.getOwnPropertyNames)
  return names.filter((name) => typeof cl[name]?.type === 'function')
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const claims = Buffer.from('{"organization":{"slug":"any"}}').toString('base64url')
  const cl = CommerceLayer({ organization: 'any', accessToken: `e30.${claims}.x` })
  const methods = resourcesOf(cl).map((name) => [name, methodsOf(cl[name])])
  console.log(JSON.stringify(Object.fromEntries(methods)))
}
