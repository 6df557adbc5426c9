// Package apiclient is the client's side of the API's contract. All of it is
// generated from ../openapi.yaml; change that and run go generate
// ./shared/api/...
//
// It retries nothing, keeps no key, and knows no other package of the house.
package apiclient

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config config.yaml ../openapi.yaml
