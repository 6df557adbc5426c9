package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/ebb-access/ebb/shared/api/apiclient"
)

// connector is the one that is meant: by --connector, else the only one, else
// the only one that is connected.
func (c *Client) connector(ctx context.Context) (apiclient.Connector, error) {
	if c.conn != nil {
		return *c.conn, nil
	}
	list, err := call[apiclient.ConnectorList](c.api.ListConnectors(ctx))
	if err != nil {
		return apiclient.Connector{}, err
	}
	found, err := pickConnector(list.Items, c.chosen)
	if err == nil {
		c.conn = &found
	}
	return found, err
}

func pickConnector(all []apiclient.Connector, chosen string) (apiclient.Connector, error) {
	fit := all
	if chosen != "" {
		fit = only(all, func(x apiclient.Connector) bool { return x.Id == chosen || strings.EqualFold(x.Name, chosen) })
	} else if len(all) > 1 {
		fit = only(all, func(x apiclient.Connector) bool { return x.Label != apiclient.LabelNotConnected })
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(all) == 0:
		return apiclient.Connector{}, fmt.Errorf("there is no connector that you can see; an administrator adds one with: ebb connect")
	}
	var names []string
	for _, x := range all {
		names = append(names, fmt.Sprintf("%s (%s, %s)", x.Id, clean(x.Name), x.Label))
	}
	if chosen != "" && len(fit) == 0 {
		return apiclient.Connector{}, fmt.Errorf("you see no connector %q; --connector takes one of: %s", chosen, strings.Join(names, ", "))
	}
	return apiclient.Connector{}, fmt.Errorf("say which connector with --connector: %s", strings.Join(names, ", "))
}

func only[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(t T) bool { return !keep(t) })
}

// resource finds @handle, #channel or an id among what the key's user sees.
func (c *Client) resource(ctx context.Context, text string) (apiclient.Resource, error) {
	var none apiclient.Resource
	conn, err := c.connector(ctx)
	if err != nil {
		return none, err
	}
	kind, name := apiclient.KindParam(""), text
	switch {
	case strings.HasPrefix(text, "@"):
		kind, name = apiclient.ResourceKindUsergroup, text[1:]
	case strings.HasPrefix(text, "#"):
		kind, name = apiclient.ResourceKindChannel, text[1:]
	}
	near, _, err := all(0, func(cursor string) ([]apiclient.Resource, string, error) {
		p, err := call[apiclient.ResourceList](c.api.ListResources(ctx, conn.Id, &apiclient.ListResourcesParams{Kind: opt(kind), Q: opt(name), Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return none, err
	}
	exact := only(near, func(r apiclient.Resource) bool {
		return r.Id == name || strings.EqualFold(r.Name, name)
	})
	if len(near) == 0 {
		near = c.alike(ctx, conn.Id, kind, name)
	}
	return one(text, exact, near, func(r apiclient.Resource) string {
		return fmt.Sprintf("%s %s", r.Id, clean(marked(r)))
	})
}

// alike are the resources whose name differs from a mistyped one by little.
func (c *Client) alike(ctx context.Context, conn string, kind apiclient.KindParam, name string) []apiclient.Resource {
	list, _, err := all(2000, func(cursor string) ([]apiclient.Resource, string, error) {
		p, err := call[apiclient.ResourceList](c.api.ListResources(ctx, conn, &apiclient.ListResourcesParams{Kind: opt(kind), Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return nil // only the suggestion is lost
	}
	return only(list, func(r apiclient.Resource) bool {
		return distance(strings.ToLower(r.Name), strings.ToLower(name)) <= max(1, len(name)/4)
	})
}

// distance is how many letters have to be changed, put in or left out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}

// marked is a resource's name with its mark.
func marked(r apiclient.Resource) string {
	switch r.Kind {
	case apiclient.ResourceKindUsergroup:
		return "@" + r.Name
	case apiclient.ResourceKindChannel:
		return "#" + r.Name
	}
	return r.Name
}

// account finds a person by id, handle, name or e-mail. A word of a name will
// do where it means one person only; a part of a word will not.
func (c *Client) account(ctx context.Context, text string) (apiclient.Account, error) {
	conn, err := c.connector(ctx)
	if err != nil {
		return apiclient.Account{}, err
	}
	text = strings.TrimPrefix(text, "@")
	near, _, err := all(0, func(cursor string) ([]apiclient.Account, string, error) {
		p, err := call[apiclient.AccountList](c.api.ListAccounts(ctx, conn.Id, &apiclient.ListAccountsParams{Q: opt(text), Limit: opt(pageSize), Cursor: opt(cursor)}))
		return p.Items, p.Cursor, err
	})
	if err != nil {
		return apiclient.Account{}, err
	}
	fit := only(near, func(a apiclient.Account) bool {
		return a.Id == text || strings.EqualFold(a.Handle, text) || strings.EqualFold(a.Name, text) || a.Email != "" && strings.EqualFold(a.Email, text)
	})
	if len(fit) == 0 {
		fit = only(near, func(a apiclient.Account) bool { return hasWord(a.Name, text) || hasWord(a.Handle, text) })
	}
	return one(text, fit, near, func(a apiclient.Account) string {
		return fmt.Sprintf("%s %s (%s)", a.Id, clean(a.Name), clean(a.Handle))
	})
}

func hasWord(text, word string) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, word) })
}

// one gives the only match, or an error that lists what could be meant.
func one[T any](text string, exact, near []T, spell func(T) string) (T, error) {
	if len(exact) == 1 {
		return exact[0], nil
	}
	var none T
	list, why := exact, "means several"
	if len(exact) == 0 {
		list, why = near, "means nothing that you can see"
	}
	if len(list) == 0 {
		return none, fmt.Errorf("%q %s", text, why)
	}
	var names []string
	for _, t := range list[:min(len(list), 10)] {
		names = append(names, spell(t))
	}
	if len(list) > len(names) {
		names = append(names, fmt.Sprintf("and %d more", len(list)-len(names)))
	}
	return none, fmt.Errorf("%q %s; did you mean one of these? Write its id:\n  %s", text, why, strings.Join(names, "\n  "))
}
