package main

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// address is enough of an e-mail address to catch a slip; SES judges the rest.
const address = `^[^@\s<>,;]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$`

// matching sets a field to a value of a given form.
func matching(pattern string, field func(*Parameters) *string) func(*Parameters, string) error {
	form := regexp.MustCompile(pattern)
	return func(p *Parameters, value string) error {
		if !form.MatchString(value) {
			return errors.New("it is not of that form")
		}
		*field(p) = value
		return nil
	}
}

// number sets a field to a whole number between two, both included.
func number(least, most int, field func(*Parameters) *int) func(*Parameters, string) error {
	return func(p *Parameters, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < least || n > most {
			return errors.New("this is no such number")
		}
		*field(p) = n
		return nil
	}
}

func keys() []string {
	var all []string
	for _, one := range parameters {
		all = append(all, one.key)
	}
	return all
}

func words(all []string) string { return strings.Join(all, ", ") }

// webIssuer sets the address of an issuer, spelled as its discovery document does.
func webIssuer(field func(*Parameters) *string) func(*Parameters, string) error {
	return func(p *Parameters, value string) error {
		u, err := url.Parse(value)
		if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return errors.New("this is no https address")
		}
		*field(p) = value
		return nil
	}
}
