// go-oidc as an app of Latchkey. Reads an order a line, answers each with a line of JSON; program.ts has the list.
package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	oidc "github.com/coreos/go-oidc"
	"golang.org/x/oauth2"
)

type answer map[string]interface{}

func random() string {
	bytes := make([]byte, 40)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(bytes)
}

func main() {
	ctx := context.Background()
	provider, err := oidc.NewProvider(ctx, os.Getenv("ISSUER"))
	if err != nil {
		panic(err)
	}
	var found struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := provider.Claims(&found); err != nil {
		panic(err)
	}
	config := oauth2.Config{
		ClientID:     os.Getenv("CLIENT"),
		ClientSecret: os.Getenv("SECRET"),
		RedirectURL:  os.Getenv("REDIRECT"),
		Endpoint:     provider.Endpoint(),
		Scopes:       []string{oidc.ScopeOpenID, "email", "profile", "groups", oidc.ScopeOfflineAccess},
	}
	verifier, nonce, state := random(), random(), random()
	var tokens *oauth2.Token
	var idToken string

	userinfo := func() (answer, error) {
		told, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil {
			return nil, err
		}
		claims := answer{}
		return claims, told.Claims(&claims)
	}
	orders := map[string]func(string) (answer, error){
		"begin": func(string) (answer, error) {
			hash := sha256.Sum256([]byte(verifier))
			return answer{"url": config.AuthCodeURL(state, oidc.Nonce(nonce),
				oauth2.SetAuthURLParam("code_challenge", base64.RawURLEncoding.EncodeToString(hash[:])),
				oauth2.SetAuthURLParam("code_challenge_method", "S256"))}, nil
		},
		"callback": func(to string) (answer, error) {
			at, err := url.Parse(to)
			if err != nil {
				return nil, err
			}
			if at.Query().Get("state") != state {
				return nil, errors.New("another state")
			}
			tokens, err = config.Exchange(ctx, at.Query().Get("code"), oauth2.SetAuthURLParam("code_verifier", verifier))
			if err != nil {
				return nil, err
			}
			idToken, _ = tokens.Extra("id_token").(string)
			verified, err := provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, idToken)
			if err != nil {
				return nil, err
			}
			if verified.Nonce != nonce {
				return nil, errors.New("another nonce")
			}
			claims := answer{}
			if err := verified.Claims(&claims); err != nil {
				return nil, err
			}
			told, err := userinfo()
			return answer{"claims": claims, "userinfo": told}, err
		},
		"refresh": func(string) (answer, error) {
			old := *tokens
			old.Expiry = time.Now().Add(-time.Hour)
			next, err := config.TokenSource(ctx, &old).Token()
			if err != nil {
				return nil, err
			}
			tokens = next
			told, err := userinfo()
			return answer{"userinfo": told}, err
		},
		"sign-out": func(string) (answer, error) {
			return answer{"url": found.EndSession + "?id_token_hint=" + idToken}, nil
		},
	}

	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		order, rest, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		told, err := orders[order](rest)
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) {
			told = answer{}
			err = json.Unmarshal(refused.Body, &told)
		}
		if err != nil {
			panic(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(told); err != nil {
			panic(err)
		}
	}
}
