# The gem openid_connect as an app of Latchkey. Reads an order a line, answers each with a line of JSON; program.ts has the list.
require 'digest'
require 'json'
require 'openid_connect'
require 'securerandom'

issuer, name, secret, redirect, authority = %w[ISSUER CLIENT SECRET REDIRECT AUTHORITY].map { |each| ENV.fetch(each) }
OpenIDConnect.http_config { |config| config.ssl_config.set_trust_ca(authority) }
found = OpenIDConnect::Discovery::Provider::Config.discover!(issuer)
client = OpenIDConnect::Client.new(
  identifier: name, secret: secret, redirect_uri: redirect,
  authorization_endpoint: found.authorization_endpoint,
  token_endpoint: found.token_endpoint,
  userinfo_endpoint: found.userinfo_endpoint
)
verifier, nonce, state = Array.new(3) { SecureRandom.urlsafe_base64(40) }
tokens = nil

orders = {
  'begin' => lambda do |_|
    challenge = Base64.urlsafe_encode64(Digest::SHA256.digest(verifier), padding: false)
    { url: client.authorization_uri(
      scope: %i[openid email profile groups offline_access], state: state, nonce: nonce,
      code_challenge: challenge, code_challenge_method: :S256
    ) }
  end,
  'callback' => lambda do |url|
    sent = URI.decode_www_form(URI(url).query).to_h
    raise 'another state' unless sent['state'] == state

    client.authorization_code = sent.fetch('code')
    tokens = client.access_token!(:basic, code_verifier: verifier)
    id_token = OpenIDConnect::ResponseObject::IdToken.decode(tokens.id_token, found.jwks)
    id_token.verify!(issuer: issuer, client_id: name, nonce: nonce)
    { claims: id_token.raw_attributes, userinfo: tokens.userinfo!.raw_attributes }
  end,
  'refresh' => lambda do |_|
    client.refresh_token = tokens.refresh_token
    id_token = tokens.id_token
    tokens = client.access_token!(:basic)
    tokens.id_token ||= id_token
    { userinfo: tokens.userinfo!.raw_attributes }
  end,
  'sign-out' => ->(_) { { url: "#{found.end_session_endpoint}?id_token_hint=#{tokens.id_token}" } }
}

$stdout.sync = true
$stdin.each_line do |line|
  order, rest = line.strip.split(' ', 2)
  answer = begin
    orders.fetch(order).call(rest)
  rescue Rack::OAuth2::Client::Error => e
    { error: e.response[:error] }
  end
  puts answer.to_json
end
