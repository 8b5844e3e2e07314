// Swagger UI on this server's own description of itself.

window.ui = SwaggerUIBundle({
  url: document.querySelector('main').dataset.document,
  dom_id: '#explorer',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
})
