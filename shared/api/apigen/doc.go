// Package apigen is the server's side of the API's contract: its types, its
// routes and the interface that a server implements. All of it is generated
// from ../openapi.yaml; change that and run go generate ./shared/api/...
//
// It decides nothing and knows no other package of the house.
package apigen

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config config.yaml ../openapi.yaml
